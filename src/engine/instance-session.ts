/**
 * Cloud instances get their credentials under a session named after the instance (`…/i-0123456789abcdef0`):
 * whoever uses such a credential from anywhere else has taken it from the machine.
 */
export function isInstanceSession(credentialId: string): boolean {
  const at = credentialId.lastIndexOf('/') + 1;
  if (credentialId.charCodeAt(at) !== 105 || credentialId.charCodeAt(at + 1) !== 45) return false;
  const name = credentialId.slice(at);
  if (name.length !== 10 && name.length !== 19) return false;
  for (let i = 2; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
