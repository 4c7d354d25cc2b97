import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { ANSWER_SIGNAL, PAUSE_SIGNAL, RESUME_SIGNAL, type Answer, type PlanAnswer } from '../contracts/steps';

/** What a user may say to a running job; each message may come at any time and more than once. */
export class Controls {
  private paused = false;
  private answer: PlanAnswer | undefined;

  constructor() {
    setHandler(defineSignal(PAUSE_SIGNAL), () => void (this.paused = true));
    setHandler(defineSignal(RESUME_SIGNAL), () => void (this.paused = false));
    setHandler(defineSignal<[PlanAnswer]>(ANSWER_SIGNAL), (answer) => void (this.answer = answer));
  }

  get isPaused(): boolean {
    return this.paused;
  }

  async untilResumed(): Promise<void> {
    await condition(() => !this.paused);
  }

  /** The user's answer, or the one that holds when none comes in time. A changed plan is asked about again. */
  async untilAnswered(timeoutSeconds: number, otherwise: Answer): Promise<PlanAnswer> {
    const answered = await condition(() => this.answer !== undefined, timeoutSeconds * 1000);
    const answer = answered && this.answer ? this.answer : otherwise;
    // Each question gets an answer of its own.
    this.answer = undefined;
    return answer;
  }
}
