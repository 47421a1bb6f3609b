#pragma once
// Tail probabilities and the few special functions that the tests need.
// Relative accuracy 1e-10 wherever a double can hold the answer (1e-9 for
// Student's t with over a million degrees of freedom).

#include <cstdint>
#include <vector>

namespace celloquy::statistics {

/// P(|Z| ≥ |z|) for a standard normal Z. 0 from about |z| = 38.5 on.
double normal_two_sided(double z);

/// P(|T| ≥ |t|) for Student's t; `degrees_of_freedom` > 0, infinity allowed.
double student_t_two_sided(double t, double degrees_of_freedom);

/// The regularised incomplete beta function I_x(a, b), a and b > 0, with
/// 1 − x given as `y` so that it is not lost in rounding (continued fraction of
/// DiDonato & Morris 1992, evaluated by Lentz's method).
double incomplete_beta(double a, double b, double x, double y);

/// First and second derivative of ln Γ, and the solution y of trigamma(y) = x
/// (Newton on the reciprocal, Smyth 2004, appendix); x > 0.
double digamma(double x);
double trigamma(double x);
double trigamma_inverse(double x);

/// P(X ≥ hits) of `marked` among `drawn` taken without return from `all` (the
/// upper tail of the hypergeometric distribution; Fisher's exact test, one-sided).
double hypergeometric_upper(std::uint32_t hits, std::uint32_t marked, std::uint32_t drawn,
                            std::uint32_t all);

/// Adjusted p-values of Benjamini & Hochberg 1995; NaN counts as 1.
std::vector<double> benjamini_hochberg(const double* p_values, std::size_t count);

}  // namespace celloquy::statistics
