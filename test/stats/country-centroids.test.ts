import { describe, expect, it } from 'vitest';
import { countryCentroid } from '../../src/stats/country-centroids.ts';
import { greatCircleKm } from '../../src/stats/great-circle.ts';

const capitals: readonly [code: string, latitude: number, longitude: number][] = [
  ['US', 38.9, -77.0],
  ['RU', 55.8, 37.6],
  ['BR', -15.8, -47.9],
  ['CL', -33.4, -70.7],
  ['JP', 35.7, 139.7],
  ['AU', -33.9, 151.2],
  ['CN', 39.9, 116.4],
  ['DE', 52.5, 13.4],
  ['ID', -6.2, 106.8],
  ['NZ', -36.8, 174.8],
  ['ZA', -33.9, 18.4],
  ['CA', 43.7, -79.4],
  ['KZ', 43.2, 76.9],
  ['SG', 1.35, 103.8],
];

describe('countryCentroid', () => {
  it("lies within a radius of a city that most of the country's clients may use", () => {
    for (const [code, latitude, longitude] of capitals) {
      const centroid = countryCentroid(code);
      expect(centroid, code).toBeDefined();
      if (centroid === undefined) continue;
      const km = greatCircleKm(centroid.latitude, centroid.longitude, latitude, longitude);
      expect(km, code).toBeLessThanOrEqual(centroid.radiusKm * 1.35);
    }
  });

  it('knows the 249 codes of ISO 3166-1 and XK, each with a point on the globe', () => {
    const codes: string[] = [];
    for (let a = 65; a < 91; a += 1) for (let b = 65; b < 91; b += 1) codes.push(String.fromCharCode(a, b));
    const known = codes.flatMap((code) => countryCentroid(code) ?? []);
    expect(known).toHaveLength(250);
    for (const { latitude, longitude, radiusKm } of known) {
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
      expect(radiusKm).toBeGreaterThan(0);
    }
  });

  it('knows nothing of a code that is no country', () => {
    expect(countryCentroid('ZZ')).toBeUndefined();
  });
});
