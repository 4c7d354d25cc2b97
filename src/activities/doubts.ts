import type { AnalysisInput, JobBrief } from '../agents/agent';
import { dateDoubt, openDoubts, withSettled, type Doubt, type Settled } from '../agents/data-processor/doubts';
import type { Dataset } from '../contracts/dataset';
import { questionId, type DoubtName, type GivenAnswer, type Question } from '../contracts/questions';
import type { StepInput } from '../contracts/steps';
import type { AnotherTurn } from '../contracts/turns';
import type { Dependencies } from './dependencies';
import { missingOutput } from './errors';
import { timeoutOf } from './questions';

/** How the data are read and looked at while it is found out what they leave open. */
export interface Settling {
  prepare(formats: Record<string, string>, signal: AbortSignal): Promise<Dataset>;
  look(dataset: Dataset, job: JobBrief): Promise<AnalysisInput>;
}

/** An answer as it is kept; by its words it is known again in a later run. */
interface KeptAnswer {
  label: string;
  in_time: boolean;
}

type Found = { choice: Doubt['choices'][number] } | 'left_open' | undefined;

/**
 * What the data leave open is asked one question after the other; each answer is recorded once and stands as if the
 * user had said it with the job, in later runs too. Without an answer in time the assumption stays, and says so.
 */
export class Doubts {
  constructor(
    private readonly deps: Pick<Dependencies, 'store' | 'agents'>,
    private readonly step: StepInput,
  ) {}

  /** @returns the job with what was answered, or the next question */
  async settle(
    job: JobBrief,
    { prepare, look }: Settling,
    signal: AbortSignal,
  ): Promise<{ brief: JobBrief; formats: Record<string, string> } | AnotherTurn> {
    const undecided = dateDoubt(await prepare({}, signal));
    const dates = undecided && (await this.answerTo(undecided));
    if (undecided && !dates) return await this.ask(undecided, job);
    const formats = settledBy(dates).date_formats ?? {};

    const dataset = await prepare(formats, signal);
    let brief = job;
    const left = new Set<DoubtName>();
    for (;;) {
      const { output } = await this.deps.agents.dataProcessor.template(await look(dataset, brief), { signal });
      const doubt = openDoubts(brief, output).find(({ name }) => !left.has(name));
      if (!doubt) return { brief, formats };
      const found = await this.answerTo(doubt);
      if (!found) return await this.ask(doubt, job);
      // Whichever way, this doubt does not come again, so the loop ends.
      left.add(doubt.name);
      brief = withSettled(brief, settledBy(found));
    }
  }

  /** The answer that was given in this attempt, or by the user in an earlier one, where it is still a choice. */
  private async answerTo(doubt: Doubt): Promise<Found> {
    const { job_id, attempt } = this.step;
    const read = async (of?: number) =>
      (await this.deps.store.getOutput(job_id, 'analysis', answerKind(doubt.name), of)) as KeptAnswer | undefined;
    const own = await read(attempt);
    if (own && !own.in_time) return 'left_open';
    const given = own ?? (await read());
    const choice = given?.in_time ? doubt.choices.find(({ label }) => label === given.label) : undefined;
    return choice && { choice };
  }

  private async ask({ name, text, choices }: Doubt, { options }: JobBrief): Promise<AnotherTurn> {
    const [assumed] = choices;
    const question: Omit<Question, 'deadline'> = {
      id: questionId.doubt(name, this.step.attempt),
      kind: 'choice',
      text,
      choices: choices.map(({ id, label }) => ({ id, label })),
      default: assumed!.id,
    };
    await this.deps.store.saveOutput(this.step, 'analysis', this.step.attempt, questionKind(name), question);
    return {
      again: true,
      doubt: {
        name,
        question: question.id,
        choices: choices.map(({ id }) => id),
        default: question.default,
        timeout_secs: timeoutOf(options),
      },
    };
  }
}

type Store = Dependencies['store'];
type Key = Pick<StepInput, 'job_id' | 'run_no' | 'attempt'>;

/** The question that the analysis has left in the database. */
export async function doubtQuestion(store: Store, key: Key, name: DoubtName): Promise<Omit<Question, 'deadline'>> {
  const question = await store.getOutput(key.job_id, 'analysis', questionKind(name), key.attempt);
  if (!question) throw missingOutput(key.job_id, `question about the ${name}`);
  return question as Omit<Question, 'deadline'>;
}

/** Keeps the answer for the analysis. @returns its words */
export async function keepAnswer(
  store: Store,
  key: Key,
  of: { name: DoubtName; answer: GivenAnswer },
): Promise<string> {
  const { choices } = await doubtQuestion(store, key, of.name);
  const { choice, in_time } = of.answer;
  const label = choices.find(({ id }) => id === choice)?.label ?? choice;
  const kept: KeptAnswer = { label, in_time };
  await store.saveOutput(key, 'analysis', key.attempt, answerKind(of.name), kept);
  return label;
}

function settledBy(found: Found): Settled {
  return found && found !== 'left_open' ? found.choice.settles : {};
}

const questionKind = (name: DoubtName) => `question-${name}`;
const answerKind = (name: DoubtName) => `answer-${name}`;
