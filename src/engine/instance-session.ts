/** Lengths of an instance's name: old ones have eight hexadecimal digits after `i-`, new ones seventeen. */
const nameLengths = [10, 19] as const;
const slash = 47;

/**
 * Cloud instances get their credentials under a session named after the instance (`…/i-0123456789abcdef0`):
 * whoever uses such a credential from anywhere else has taken it from the machine.
 */
export function isInstanceSession(credentialId: string): boolean {
  return isNamed(credentialId, nameLengths[0]) || isNamed(credentialId, nameLengths[1]);
}

function isNamed(credentialId: string, nameLength: number): boolean {
  const at = credentialId.length - nameLength;
  if (at < 0 || (at > 0 && credentialId.charCodeAt(at - 1) !== slash)) return false;
  if (credentialId.charCodeAt(at) !== 105 || credentialId.charCodeAt(at + 1) !== 45) return false;
  for (let i = at + 2; i < credentialId.length; i += 1) {
    const code = credentialId.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
