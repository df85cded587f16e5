// Exit 0 when the service says it is healthy. Used by the image, which has no curl.
const port = process.env.BEARERWATCH_SERVER_PORT ?? '9711';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) });
  const { status } = await answer.json();
  console.log(status);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(`no answer on port ${port}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
