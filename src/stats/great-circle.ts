const earthRadiusKm = 6371;
const radians = Math.PI / 180;

/** Haversine distance in kilometres between two points in degrees. */
export function greatCircleKm(latA: number, lonA: number, latB: number, lonB: number): number {
  const dLat = (latB - latA) * radians;
  const dLon = (lonB - lonA) * radians;
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(latA * radians) * Math.cos(latB * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}
