/**
 * Query parameters, headers and body fields whose value is a secret. Compared in lower case with
 * everything but letters and digits removed.
 */
export const secretNames: ReadonlySet<string> = new Set([
  'apikey',
  'key',
  'token',
  'accesstoken',
  'auth',
  'authorization',
  'proxyauthorization',
  'jwt',
  'idtoken',
  'refreshtoken',
  'clientsecret',
  'password',
  'passwd',
  'pwd',
  'pass',
  'secret',
  'sig',
  'signature',
  'code',
  'session',
  'sessionid',
  'sid',
  'sessiontoken',
  'subscriptionkey',
  'xapikey',
  'xauthtoken',
  'xaccesstoken',
  'cookie',
  'setcookie',
  'xamzsignature',
  'xamzsecuritytoken',
  'xamzcredential',
  'xgoogsignature',
  'xgoogcredential',
  'awsaccesskeyid',
  'ocpapimsubscriptionkey',
  'bearer',
  'credential',
  'credentials',
  'privatekey',
  'otp',
  'pin',
  'assertion',
  'samlresponse',
  'clientassertion',
  'secretaccesskey',
  'xcsrftoken',
  'csrftoken',
  'xsrftoken',
  'dpop',
  'apitoken',
  'accesskey',
  'secretkey',
  'userpassword',
]);

const flattened = new Map<string, string>();
const flattenedKept = 4096;

/** Lower case, letters and digits only. */
export function flatName(name: string): string {
  const known = flattened.get(name);
  if (known !== undefined) return known;
  let flat = '';
  for (let i = 0; i < name.length && i < 64; i += 1) {
    const code = name.charCodeAt(i) | 0x20;
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) flat += String.fromCharCode(code);
  }
  if (flattened.size < flattenedKept) flattened.set(name, flat);
  return flat;
}

/** Each of them ends with a name of the list above. */
const secretEndings = ['token', 'secret', 'password', 'apikey', 'signature', 'accesskey', 'jsessionid'];
/** Positions in a listing are named like tokens, and are none. */
const cursors = new Set(['pagetoken', 'nexttoken', 'nextpagetoken', 'continuationtoken', 'synctoken']);

export function isSecretName(name: string): boolean {
  const flat = flatName(name);
  if (secretNames.has(flat)) return true;
  return secretEndings.some((ending) => flat.endsWith(ending)) && !cursors.has(flat);
}

/** Any end of the flat name is a secret's: also true of `monkey`, of which somebody may cut out `key`. */
export function endsLikeSecretName(flat: string): boolean {
  for (const name of secretNames) if (flat.endsWith(name)) return true;
  return false;
}
