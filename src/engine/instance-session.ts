/**
 * Cloud instances get their credentials under a session named after the instance (`…/i-0123456789abcdef0`):
 * whoever uses such a credential from anywhere else has taken it from the machine.
 */
export function isInstanceSession(credentialId: string): boolean {
  const name = credentialId.slice(credentialId.lastIndexOf('/') + 1);
  if (!name.startsWith('i-') || (name.length !== 10 && name.length !== 19)) return false;
  for (let i = 2; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
