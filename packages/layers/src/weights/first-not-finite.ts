// Finds NaN and infinity among weights, quickly where there is none.

/** Position of the first number that is not finite, or undefined. */
export function firstNotFinite(data: Float32Array): number | undefined {
  // x * 0 is 0 for every finite number and NaN for the others: one sum decides without a branch per weight.
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += (data[i] as number) * 0;
  return zero === 0 ? undefined : data.findIndex((value) => !Number.isFinite(value));
}
