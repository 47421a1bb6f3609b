export interface Sample {
  time: number; // milliseconds
  bytes: number;
}

/** Seconds until `total` bytes have moved at the rate of the last five seconds; null while that says nothing yet. */
export function remaining(samples: Sample[], total: number): number | null {
  const last = samples[samples.length - 1];
  if (!last) return null;
  const first = samples.find((sample) => sample.time >= last.time - 5000)!;
  const seconds = (last.time - first.time) / 1000, bytes = last.bytes - first.bytes;
  return seconds < 0.5 || bytes <= 0 ? null : ((total - last.bytes) * seconds) / bytes;
}
