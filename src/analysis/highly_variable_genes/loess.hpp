#pragma once
// Local quadratic regression of one variable, as scikit-misc and R compute it.

#include <vector>

namespace celloquy::highly_variable_genes {

/// Fitted values of loess(y ~ x, degree 2, family gaussian, surface
/// "interpolate") at the points themselves (Cleveland, Devlin & Grosse 1988;
/// Cleveland & Grosse 1991): exact local fits at the ends of the cells of a k-d
/// tree with at most span·n/5 points each, joined by cubic Hermite pieces.
/// Finite x and y of one length. Cost: about 5/span local fits of span·n points.
std::vector<double> loess(const std::vector<double>& x, const std::vector<double>& y, double span);

}  // namespace celloquy::highly_variable_genes
