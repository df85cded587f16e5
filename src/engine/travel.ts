import { countryCentroid } from '../stats/country-centroids.ts';
import { greatCircleKm } from '../stats/great-circle.ts';

/** Kilometres surely travelled between two countries: centre to centre, less both radii. 0 when one is unknown. */
export function travelledKm(from: string, to: string): number {
  const a = countryCentroid(from);
  const b = countryCentroid(to);
  if (a === undefined || b === undefined) return 0;
  return Math.max(
    0,
    greatCircleKm(a.latitude, a.longitude, b.latitude, b.longitude) - a.radiusKm - b.radiusKm,
  );
}
