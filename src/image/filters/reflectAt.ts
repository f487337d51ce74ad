/** The place that is seen at a place before the first or beyond the last one, mirrored there, the outermost once: torch's padding `reflect`. */
export function reflectAt(place: number, size: number): number {
  if (place >= 0 && place < size) return place;
  const period = Math.max(1, 2 * (size - 1));
  const within = ((place % period) + period) % period;
  return within < size ? within : period - within;
}
