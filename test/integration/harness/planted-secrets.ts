import { createHash } from 'node:crypto';

/** A secret at one place of one line; nothing of it may be found in anything that is written. */
export interface Planted {
  readonly where: string;
  readonly secret: string;
}

/** Values that are the same in every run and look random: opaque tokens, as most gateways see them. */
function opaque(seed: string, length = 40): string {
  return createHash('sha512').update(seed).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, length);
}

function jwt(seed: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://issuer.example', sub: `user-${seed.length}`, exp: 4_000_000_000 };
  return `${part({ alg: 'RS256', kid: '1' })}.${part(claims)}.${createHash('sha512').update(seed).digest('base64url')}`;
}

/**
 * Log lines of the five formats with a secret in every position: header, cookie, query, path, body
 * field, JSON inside a string, and in lines that are broken off or of no known shape.
 */
export function linesWithSecrets(nowMs: number): { lines: string[]; planted: Planted[] } {
  const planted: Planted[] = [];
  const lines: string[] = [];
  const plant = (where: string, secret: string) => {
    planted.push({ where, secret });
    return secret;
  };
  const time = new Date(nowMs).toISOString();

  for (const format of ['envoy', 'nginx', 'combined', 'kong', 'cloudtrail', 'canonical'] as const) {
    const at = (position: string, make: (seed: string) => string = opaque) =>
      plant(`${format} ${position}`, make(`${format} ${position}`));
    const password = (position: string) =>
      plant(`${format} ${position}`, `Hunter2!${opaque(position + format, 9)}`);
    /** Requests that carry a secret in their target, one each. */
    const targets = [
      `/orders?api_key=${at('query api_key')}&page=2`,
      `/orders?page=2&access_token=${at('query access_token', jwt)}`,
      `/files/1?X-Amz-Signature=${at('query signature', (seed) => createHash('sha256').update(seed).digest('hex'))}`,
      `/orders?q=${encodeURIComponent(`Bearer ${at('query bearer, encoded')}`)}`,
      `/login?user=a&password=${encodeURIComponent(password('query password, encoded'))}`,
      `/reset/${at('path token', (seed) => opaque(seed, 43))}`,
      `/share/${at('path jwt', jwt)}/view`,
      `/orders/12?%61pi_key=${at('query name encoded')}`,
    ];
    const authorizations = [
      `Bearer ${at('header bearer')}`,
      `Bearer ${at('header jwt', jwt)}`,
      `Basic ${Buffer.from(`user:${password('header basic')}`).toString('base64')}`,
      `DPoP ${at('header dpop', jwt)}`,
    ];
    const cookie = `theme=dark; sid=${at('cookie sid')}; auth=${at('cookie jwt', jwt)}`;
    const agent = `tool/1.0 (Authorization: Bearer ${at('user agent')})`;
    const referer = `https://app.example/cb?code=${at('referer code')}`;
    const body = { password: password('body password'), card: { api_key: at('body nested') } };
    const nested = JSON.stringify({
      client_secret: at('nested string client_secret'),
      note: `token=${at('nested string token')}`,
    });
    const common = { cookie, body, request_body: nested, referer };

    if (format === 'envoy') {
      const base = {
        start_time: time,
        method: 'GET',
        response_code: 200,
        response_flags: '-',
        duration: 5,
        bytes_sent: 10,
      };
      const rest = { ...base, ...common, downstream_remote_address: '198.51.100.7:4711', jwt_sub: 'user-1' };
      for (const path of targets) lines.push(JSON.stringify({ ...rest, path }));
      for (const authorization of authorizations)
        lines.push(
          JSON.stringify({ ...rest, path: '/orders', authorization, user_agent: agent, jwt_sub: null }),
        );
      lines.push(
        JSON.stringify({ ...rest, path: '/orders', jwt_sub: null, 'x-api-key': at('header x-api-key') }),
      );
      lines.push(JSON.stringify({ ...rest, path: 7, method: ['GET', `Bearer ${at('wrong type')}`] }));
    } else if (format === 'nginx') {
      const base = {
        time_iso8601: time,
        remote_addr: '198.51.100.8',
        status: '200',
        body_bytes_sent: 9,
        request_time: '0.01',
      };
      for (const path of targets)
        lines.push(JSON.stringify({ ...base, request: `GET ${path} HTTP/1.1`, http_referer: referer }));
      for (const http_authorization of authorizations)
        lines.push(
          JSON.stringify({
            ...base,
            request: 'GET /a HTTP/1.1',
            http_authorization,
            http_cookie: cookie,
            http_user_agent: agent,
            ...common,
          }),
        );
      lines.push(
        JSON.stringify({ ...base, request: 'GET /a HTTP/1.1', http_x_api_key: at('header x-api-key') }),
      );
    } else if (format === 'combined') {
      const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
        new Date(nowMs).getUTCMonth()
      ];
      const stamp = `${time.slice(8, 10)}/${month}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
      for (const path of targets)
        lines.push(`198.51.100.9 - - [${stamp}] "GET ${path} HTTP/1.1" 200 123 "${referer}" "${agent}"`);
    } else if (format === 'kong') {
      for (const [i, uri] of targets.entries()) {
        const headers = {
          authorization: authorizations[i % 4],
          apikey: at(`header apikey ${i}`),
          cookie,
          'user-agent': agent,
          referer,
        };
        lines.push(
          JSON.stringify({
            started_at: nowMs,
            client_ip: '198.51.100.10',
            latencies: { request: 5, proxy: 4, kong: 1 },
            request: {
              method: 'GET',
              uri,
              url: `https://u:${password(`userinfo ${i}`)}@api.example${uri}`,
              querystring: { api_key: at(`querystring ${i}`) },
              headers,
              body: nested,
            },
            response: { status: 200, size: 12, headers: { 'set-cookie': cookie } },
          }),
        );
      }
    } else if (format === 'cloudtrail') {
      lines.push(
        JSON.stringify({
          eventVersion: '1.08',
          eventTime: time,
          eventSource: 'secretsmanager.amazonaws.com',
          eventName: 'PutSecretValue',
          awsRegion: 'eu-west-1',
          sourceIPAddress: '198.51.100.11',
          userAgent: agent,
          userIdentity: {
            type: 'IAMUser',
            accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
            userName: 'deploy',
            arn: 'arn:aws:iam::1:user/deploy',
          },
          requestParameters: {
            ...body,
            secretString: nested,
            masterUserPassword: password('masterUserPassword'),
          },
          responseElements: {
            credentials: {
              secretAccessKey: at('secretAccessKey'),
              sessionToken: at('sessionToken', (seed) => opaque(seed, 80)),
            },
          },
          additionalEventData: { x: cookie },
          errorMessage: `denied for Bearer ${at('error message')}`,
        }),
      );
    } else {
      const base = {
        'gateway.type': 'canonical',
        timestamp: nowMs,
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'client.address': '198.51.100.12',
        'credential.id': 'client-1',
        'credential.type': 'oauth_client',
      };
      for (const path of targets) lines.push(JSON.stringify({ ...base, 'url.path': path, ...common }));
      lines.push(
        JSON.stringify({
          ...base,
          'url.path': '/a',
          'user_agent.original': agent,
          'error.type': `Bearer ${at('error type')}`,
        }),
      );
    }

    // Broken off, of no known shape, not text, inside an envelope: the way of the dead letter.
    lines.push(
      `{"start_time":"${time}","authorization":"Bearer ${at('malformed bearer')}","path":"/a?api_key=${at('malformed query')}`,
    );
    lines.push(`{"password":"${password('malformed password')}","cookie":"sid=${at('malformed cookie')}",`);
    lines.push(
      JSON.stringify({
        kind: 'something else',
        format,
        headers: { 'x-api-key': at('unknown shape header') },
        nested,
      }),
    );
    lines.push(`some text about Authorization: Bearer ${at('free text')} of ${format}`);
    lines.push(
      JSON.stringify({
        message: `{"authorization":"Bearer ${at('broken JSON in a string')}","client_secret":"${at('secret in a string')}`,
      }),
    );
  }
  return { lines, planted };
}

/** Every form in which a secret could hide: as it is, URL-encoded, base64 at any alignment, hexadecimal. */
export function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex')];
  for (const offset of [0, 1, 2]) {
    const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const text = padded.toString('base64').replaceAll('=', '');
    // The first and last characters also depend on what stands beside the secret.
    const core = text.slice(offset === 0 ? 0 : offset + 1, -2);
    forms.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...new Set(forms)];
}

/** Every planted secret that stands in any form in something written, with its surroundings. */
export function secretsIn(planted: readonly Planted[], written: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const { where, secret } of planted) {
    const forms = formsOf(secret);
    for (const [place, text] of written) {
      const form = forms.find((candidate) => text.includes(candidate));
      if (form === undefined) continue;
      const at = text.indexOf(form);
      found.push(`${where} in ${place}: …${text.slice(Math.max(0, at - 60), at + 30)}…`);
    }
  }
  return found;
}
