import { readFileSync } from 'node:fs';
import { type Model, model } from '../../../schemas/model.ts';
import { runFailure } from '../io.ts';

/** The combination that joins the detectors' evidence, as trained and kept with the detectors. */
export const modelFile = new URL('../../../detectors/model.json', import.meta.url);

export function readModel(file: URL = modelFile): Model {
  const parsed = model.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw runFailure(
    `model ${file.pathname}: ${path.join('.')}: ${message}; restore the file or train it anew`,
  );
}
