import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const haproxy = [
  '198.51.100.7:14853 [14/Jan/2026:12:48:57.127] in~ api/one 170/0/0/3/173 200 739 - - ---- 0/0/0/0/0 0/0 "GET /orders HTTP/1.1"',
  '198.51.100.8:50033 [14/Jan/2026:12:48:58.123] in/api: SSL handshake failure',
  '198.51.100.9:50034 [14/Jan/2026:12:48:59.234] in/api: SSL handshake failure',
];
const caddyOwn =
  '{"level":"debug","ts":1767600000.5,"logger":"http.handlers.reverse_proxy","msg":"selected upstream","dial":"127.0.0.1:8080"}';

describe('lines of no interest', () => {
  it('decode: are counted by the reason, and the whole adds up', async () => {
    const { stderr } = await runCli(['decode'], { input: `${haproxy.join('\n')}\n` });
    expect(stderr).toContain('3 records: 1 events, 0 refused, 2 of no interest\n');
    expect(stderr).toContain('of no interest, 2: a line about a connection without a request\n');
  });

  it('decode: a line of a gateway about itself is not refused', async () => {
    const { stderr } = await runCli(['decode'], { input: `${caddyOwn}\n` });
    expect(stderr).toContain("of no interest, 1: a line of Caddy's own log, not of a request\n");
  });

  it('connect: names them with their reason', async () => {
    const { stdout } = await runCli(['connect', '-'], { input: `${haproxy.join('\n')}\n` });
    expect(stdout).toContain('2 of no interest: a line about a connection without a request');
  });
});
