import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session } from 'chdb';

/** What goes wrong with a statement: refused with a code, no answer, or done but the answer lost. */
export type Fault =
  | { readonly code: number; readonly name: string; readonly text: string }
  | 'hang'
  | 'answer-lost';

/**
 * ClickHouse's HTTP interface in front of the embedded database, so that a real client can be made
 * to meet every trouble of a server. Test support only.
 */
export async function clickhouseFront(path: string) {
  const session = new Session(path);
  let faultOf: (statement: string) => Fault | undefined = () => undefined;
  let server: Server | undefined;
  let port = 0;
  const statements: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const parameters = new URL(request.url ?? '/', 'http://front').searchParams;
    const query = parameters.get('query');
    const statement = query ?? body;
    const sql = query === null ? body : `${query}\n${body}`;
    statements.push(statement);
    const fault = faultOf(statement);
    if (fault === 'hang') return;
    if (fault !== undefined && fault !== 'answer-lost') {
      response.writeHead(500, { 'x-clickhouse-exception-code': String(fault.code) });
      response.end(`Code: ${fault.code}. DB::Exception: ${fault.text}. (${fault.name}) (version 25.8.1.1)\n`);
      return;
    }
    const bound = [...parameters].filter(([name]) => name.startsWith('param_'));
    const binds = Object.fromEntries(bound.map(([name, value]) => [name.slice('param_'.length), value]));
    try {
      const result =
        bound.length === 0 ? await session.queryAsync(sql) : await session.queryBindAsync(sql, binds);
      if (fault === 'answer-lost') {
        request.socket.destroy();
        return;
      }
      response.writeHead(200).end(Buffer.from(result.bytes()));
    } catch (error) {
      const text = String((error as Error).message);
      const code = /Code: (\d+)/.exec(text)?.[1] ?? '0';
      response.writeHead(500, { 'x-clickhouse-exception-code': code }).end(text);
    }
  }

  const front = {
    url: '',
    /** Every statement got, without inserted rows. */
    statements,
    fail(fault: (statement: string) => Fault | undefined): void {
      faultOf = fault;
    },
    async start(): Promise<void> {
      server = createServer((request, response) => {
        answer(request, response).catch((error: unknown) => response.destroy(error as Error));
      });
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      front.url = `http://127.0.0.1:${port}`;
    },
    async stop(): Promise<void> {
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    },
    count(from: string): number {
      return Number(session.query(`SELECT count() FROM ${from}`, 'TabSeparated'));
    },
    /** First column of every row. */
    rows: (query: string): string[] =>
      String(session.query(query, 'TabSeparated'))
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => row.split('\t', 1)[0] ?? ''),
    close: () => session.close(),
  };
  await front.start();
  return front;
}
