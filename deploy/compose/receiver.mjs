// Takes Alertmanager's messages and prints them: the place of a pager in the composition.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);
const bytesMax = 1_048_576;

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return void response.end('healthy\n');
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > bytesMax) return void response.writeHead(413).end();
  }
  try {
    for (const { status, labels, annotations } of JSON.parse(body).alerts) {
      // Escaped, for the text comes from log lines.
      console.log(JSON.stringify({ to: request.url, status, ...labels, summary: annotations.summary }));
    }
    response.end();
  } catch (error) {
    console.error(`not a message of Alertmanager: ${error instanceof Error ? error.message : error}`);
    response.writeHead(400).end();
  }
});
server.listen(port, process.env.HOST ?? '0.0.0.0');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(0)));
