import { type Check, finding, fine, untold } from '../check.ts';
import { type Exercise, exerciseOf } from '../exercise.ts';

/** Fewer uses than this prove nothing about what is not needed. */
const fewestUses = 20;

export const unusedScopes: Check = {
  id: 'unused-scopes',
  summary: 'Every token carries a scope whose operations the credential never called.',
  owasp: ['NHI5:2025'],
  misses:
    'It reads names: what a scope opens stands at the issuer, not in the log. A scope whose name matches no operation is not judged; one that is needed once a year looks unused.',
  action: 'Ask the owner, take the scope away at the issuer, and watch for refusals.',
  judge(facts, survey) {
    const { minDays } = survey.options;
    if (facts.scopes === null) return untold('the log has no scopes of its tokens');
    if (facts.operations === null) return untold('too many operations to list, or some without a name');
    if (facts.days.size < minDays || facts.uses < fewestUses)
      return untold(`used on fewer than ${minDays} days, or in fewer than ${fewestUses} calls`);
    const operations = [...facts.operations].flatMap((number) => survey.operations[number] ?? []);
    const judged = facts.scopes.map((scope) => ({
      scope,
      exercise: exerciseOf(scope, operations, survey.operationWords),
    }));
    const unused = judged.filter(({ exercise }) => isUnused(exercise));
    if (unused.length > 0) {
      const writes = unused.some(({ exercise }) => exercise === 'never-writes');
      const names = unused.slice(0, 5).map(({ scope, exercise }) => `${scope} (${words[exercise]})`);
      const more = unused.length > 5 ? ` and ${unused.length - 5} more` : '';
      return finding(
        writes ? 'medium' : 'low',
        `${names.join(', ')}${more}`,
        `used at least once in ${facts.days.size} days`,
      );
    }
    return judged.some(({ exercise }) => exercise === 'unclear')
      ? untold('the names of its scopes match no operation in the log')
      : fine;
  },
};

const words: Readonly<Record<Exercise, string>> = {
  used: 'used',
  unclear: 'unclear',
  'never-writes': 'never called anything that writes',
  'never-touched': 'never called anything of that name',
};

const isUnused = (exercise: Exercise) => exercise === 'never-writes' || exercise === 'never-touched';
