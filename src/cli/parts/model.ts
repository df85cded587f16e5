import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Model, model } from '../../../schemas/model.ts';
import { messageOf, runFailure } from '../io.ts';

/** The combination that joins the detectors' evidence, as trained and kept with the detectors. */
const bundled = fileURLToPath(new URL('../../../detectors/model.json', import.meta.url));

/** Throws one clear line when the file is not there or does not fit. */
export function readModel(file: string = bundled): Model {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw runFailure(
      `model ${file} cannot be read: ${messageOf(error)}; restore it, or train one with npm run train`,
    );
  }
  const parsed = model.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw runFailure(
    `model ${file}: ${path.join('.')}: ${message}; restore it, or train one with npm run train`,
  );
}
