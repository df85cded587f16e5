import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer to the n-th request (from 0): a status with headers, or nothing at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  | 'hang'
  | 'reset';

/** A local endpoint that answers as told and remembers what it got. */
export async function httpReceiver(answer: (n: number) => Answer = () => ({ status: 200 })) {
  const received: Received[] = [];
  let n = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const next = answer(n++);
      if (next === 'reset') request.socket.destroy();
      if (next === 'reset' || next === 'hang') return;
      received.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(next.status, next.headers).end(next.text ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
