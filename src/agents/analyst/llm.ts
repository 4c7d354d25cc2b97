import { z } from 'zod';
import { cut } from '../../contracts/failure';
import { Correction, type Verdict } from '../../contracts/verdict';
import type { JudgeInput } from '../agent';
import { columnStatistics, fileSample } from '../data-tools';
import { Words } from '../prompt';
import {
  attemptBrief,
  checkGeneratedFiles,
  leaderboard,
  libraryReference,
  pastAttempts,
  planChanges,
  setFinalModelPath,
} from '../run-tools';
import { quoted } from '../text';
import { twin, type TwinContext } from '../twin';
import { inWords } from './template';

/** The decision itself is not a model's to make: it follows from what was measured. */
const Answer = z.object({ summary: z.string(), corrections: z.array(Correction).default([]) });
type Answer = z.infer<typeof Answer>;
type Context = TwinContext<JudgeInput, Verdict>;

const LONGEST_SUMMARY = 1000;
const LONGEST_REASON = 200;
const MOST_CORRECTIONS = 6;

export const analystTwin = twin<JudgeInput, Verdict, Answer>({
  prompt: ({ input, draft }) => ({
    task:
      'You are Analyst, the agent that explains what an execution really achieved, and what to change where it did ' +
      'not succeed. The decision is made from measurements already; you explain it and may add corrections.',
    rules: [
      'summary: two to four plain sentences for a person who is no expert. Every number in it stands in the evidence.',
      'Say it first where the model is no better than the naive baseline.',
      'corrections: only where the decision is NEEDS_FIX, else an empty list. Add what the list below lacks.',
      'No correction may repeat what an earlier attempt has tried.',
    ],
    facts: {
      goal: new Words(input.job.prompt),
      verdict: draft.output,
      plan: input.plan,
      run: { failure: input.execution.failure, warnings: input.execution.warnings, seconds: input.execution.seconds },
      metrics: input.result?.metrics ?? null,
      baseline: input.result?.baseline ?? null,
      ...(input.past.length > 0
        ? { attempts: input.past.slice(-3).map(attemptBrief), changes: planChanges(input.past) }
        : {}),
    },
  }),
  answer: Answer,
  tools: [
    ...[leaderboard(), pastAttempts(), columnStatistics(), fileSample()],
    ...[checkGeneratedFiles(), setFinalModelPath(), libraryReference()],
  ],
  settle: async (answer, context) => {
    const problems = problemsOf(answer, context);
    if (problems.length > 0) return { problems };
    const { draft } = context;
    const summary = cut(answer.summary.trim(), LONGEST_SUMMARY);
    const corrections = withMore(draft.output.corrections, answer.corrections);
    const added = corrections.slice(draft.output.corrections.length);
    const more = added.length > 0 ? [`Besides: ${added.map(inWords).join('; ')}.`] : [];
    return {
      answer: {
        ...draft,
        output: { ...draft.output, corrections },
        messages: [...draft.messages, summary, ...more].filter(Boolean),
      },
    };
  },
});

function problemsOf({ corrections }: Answer, { input, draft }: Context): string[] {
  const problems: string[] = [];
  if (corrections.length > 0 && draft.output.decision !== 'NEEDS_FIX') {
    problems.push(`corrections: the decision is ${draft.output.decision}, so there are none`);
  }
  const columns = new Set(input.report.dataset.columns.map(({ name }) => name));
  for (const correction of corrections) {
    if ('column' in correction && !columns.has(correction.column)) {
      problems.push(`corrections: there is no column ${quoted(correction.column)}`);
    }
  }
  return problems;
}

/** What was measured to help comes first; a model may add other kinds of change, never take one away. */
function withMore(ours: readonly Correction[], more: readonly Correction[]): Correction[] {
  const known = new Set(ours.map(({ kind }) => kind));
  const added = more
    .filter(({ kind }) => !known.has(kind) || kind === 'drop_feature')
    .map((correction) => ({ ...correction, reason: cut(correction.reason, LONGEST_REASON) }));
  return [...ours, ...added].slice(0, Math.max(ours.length, MOST_CORRECTIONS));
}
