/**
 * Query parameters, headers and body fields whose value is a secret. Compared in lower case with
 * everything but letters and digits removed.
 */
const secretNames = new Set([
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

export function isSecretName(name: string): boolean {
  return secretNames.has(flatName(name));
}

const prefixes = [
  'eyJ',
  'sk-',
  'sk_',
  'pk_',
  'rk_',
  'ghp_',
  'gho_',
  'ghs_',
  'ghu_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxp-',
  'xoxa-',
  'AIza',
  'ya29.',
  'SG.',
  'npm_',
  'hf_',
  'shpat_',
  'dop_v1_',
];
const shortestSecret = 16;

export interface Swept {
  readonly text: string;
  readonly found: number;
}

/**
 * Last line of defence: blanks what looks like a secret in any kept text, word by word: what follows
 * Bearer or Basic, JSON Web Tokens, keys of well-known makers, values behind a secret's name. Linear.
 */
export function sweep(input: string): Swept {
  if (!mayHoldSecret(input)) return { text: input, found: 0 };
  let found = 0;
  let output = '';
  let at = 0;
  let previous = '';
  let before = '';
  while (at < input.length) {
    const start = at;
    while (at < input.length && !isDelimiter(input.charCodeAt(at))) at += 1;
    const word = input.slice(start, at);
    if (word !== '') {
      if (looksSecret(word, previous, before)) {
        found += 1;
        output += '[redacted]';
      } else {
        output += word;
      }
      previous = word;
      before = '';
    }
    while (at < input.length && isDelimiter(input.charCodeAt(at))) {
      before += input[at];
      output += input[at];
      at += 1;
    }
  }
  return { text: output, found };
}

function mayHoldSecret(input: string): boolean {
  return input.length >= 8;
}

function looksSecret(word: string, previous: string, between: string): boolean {
  const scheme = previous.length <= 8 ? previous.toLowerCase() : '';
  if ((scheme === 'bearer' || scheme === 'basic' || scheme === 'dpop') && word.length >= 6) return true;
  if (word.length >= shortestSecret && prefixes.some((prefix) => word.startsWith(prefix))) return true;
  // name=value, "name":"value", name: value
  if (between !== '' && (between.includes('=') || between.includes(':')) && isSecretName(previous)) {
    return !isScheme(word);
  }
  return false;
}

function isScheme(word: string): boolean {
  const lower = word.toLowerCase();
  return (
    lower === 'bearer' ||
    lower === 'basic' ||
    lower === 'dpop' ||
    lower === 'true' ||
    lower === 'false' ||
    lower === 'null'
  );
}

/** Letters, digits and the inside characters of tokens belong to a word. */
function isDelimiter(code: number): boolean {
  if (code >= 48 && code <= 57) return false;
  if (code >= 65 && code <= 90) return false;
  if (code >= 97 && code <= 122) return false;
  // - . _ ~ + / stay inside a word; = ends one, so that name=value is two
  return !(
    code === 45 ||
    code === 46 ||
    code === 95 ||
    code === 126 ||
    code === 43 ||
    code === 47 ||
    code > 127
  );
}
