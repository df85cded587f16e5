/** Text of a caller, fit to be shown: capped, and without control or formatting characters. */
export function printable(text: string, longest = 80): string {
  return text.slice(0, longest).replaceAll(/\p{C}/gu, '?');
}
