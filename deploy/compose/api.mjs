// The small API behind the gateway: a list of orders and the orders themselves.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://api');
  const id = /^\/orders\/(\d{1,9})$/.exec(pathname)?.[1];
  const answer =
    pathname === '/healthz'
      ? { status: 'healthy' }
      : pathname === '/orders'
        ? { orders: Array.from({ length: 20 }, (_, i) => ({ id: i + 1 })) }
        : id === undefined
          ? undefined
          : { id: Number(id), state: 'paid', total: (Number(id) * 37) % 500 };
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(answer ?? { error: 'no such page' })}\n`);
});
server.listen(port, process.env.HOST ?? '0.0.0.0');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(0)));
