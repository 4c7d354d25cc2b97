import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { GivenAnswer, Waiting } from '../contracts/questions';
import { ANSWER_SIGNAL, PAUSE_SIGNAL, RESUME_SIGNAL } from '../contracts/steps';

/** An answer as it was signalled; one that names no question is meant for whichever is open. */
interface Signalled {
  choice: string;
  question: string | undefined;
}

/** What a user may say to a running job; each message may come at any time and more than once. */
export class Controls {
  private paused = false;
  private answer: Signalled | undefined;

  constructor() {
    setHandler(defineSignal(PAUSE_SIGNAL), () => void (this.paused = true));
    setHandler(defineSignal(RESUME_SIGNAL), () => void (this.paused = false));
    setHandler(
      defineSignal<[string, string?]>(ANSWER_SIGNAL),
      (choice, question) => void (this.answer = { choice, question: question ?? undefined }),
    );
  }

  get isPaused(): boolean {
    return this.paused;
  }

  async untilResumed(): Promise<void> {
    await condition(() => !this.paused);
  }

  /** The user's answer to this question, or the one that holds when none comes in time. */
  async untilAnswered(waiting: Waiting): Promise<GivenAnswer> {
    const in_time = await condition(() => answers(this.answer, waiting), waiting.timeout_secs * 1000);
    const choice = in_time && this.answer ? this.answer.choice : waiting.default;
    // Each question gets an answer of its own.
    this.answer = undefined;
    return { question: waiting.question, choice, in_time };
  }
}

/** A word that came too late for an earlier question must not decide a later one. */
function answers(answer: Signalled | undefined, { question, choices }: Waiting): boolean {
  if (answer === undefined || !choices.includes(answer.choice)) return false;
  return answer.question === undefined || answer.question === question;
}
