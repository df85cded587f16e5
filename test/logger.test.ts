import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/logger.ts';

function written(format: 'json' | 'pretty' | 'auto', isTTY = false) {
  const lines: string[] = [];
  const stream = { isTTY, write: (text: string) => void lines.push(text) };
  return { lines, logger: createLogger({ level: 'info', format }, stream) };
}

describe('createLogger()', () => {
  it('never writes a secret, at any depth it is likely to lie', () => {
    const { lines, logger } = written('json');
    logger.info(
      { password: 'hunter1', kafka: { token: 'hunter2', sasl: { password: 'hunter3' } } },
      'connected',
    );
    expect(lines.join()).toContain('connected');
    expect(lines.join()).not.toMatch(/hunter/);
  });

  it('is pretty on a terminal and JSON elsewhere', () => {
    const terminal = written('auto', true);
    terminal.logger.warn({ port: 9711 }, 'taken');
    expect(terminal.lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}taken port=9711\n$/);
    const pipe = written('auto');
    pipe.logger.warn('taken');
    expect(JSON.parse(pipe.lines[0]!)).toMatchObject({ level: 'warn', msg: 'taken' });
  });

  it('lets no value of others move the cursor or begin a line', () => {
    const { lines, logger } = written('pretty');
    logger.info({ path: '/a\u001b[2J\nINFO all is well' }, 'seen\r\u202ex');
    expect(lines).toHaveLength(1);
    for (const unsafe of ['\u001b', '\r', '\u202e']) expect(lines[0]).not.toContain(unsafe);
    expect(lines[0]!.trimEnd()).not.toContain('\n');
  });

  it('takes a new level at run time', () => {
    const { lines, logger } = written('json');
    logger.level = 'error';
    logger.info('quiet');
    expect(lines).toEqual([]);
  });
});
