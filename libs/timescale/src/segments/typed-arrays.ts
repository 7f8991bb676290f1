/** The same numbers in a longer array. */
export function grownTo<A extends Uint8Array | Int32Array | Uint32Array | Float64Array>(from: A, length: number): A {
  const longer = new (from.constructor as new (length: number) => A)(length);
  longer.set(from);
  return longer;
}
