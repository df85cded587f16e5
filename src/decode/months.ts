/** Numbers of the months, from 0, by the names that logs have for them. */
export const months: ReadonlyMap<string, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, n) => [
    name,
    n,
  ]),
);
