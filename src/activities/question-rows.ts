import type { AgentName } from '../contracts/agents';
import type { JobRun } from '../contracts/jobs';
import type { GivenAnswer, Question } from '../contracts/questions';
import { STATUS_OF_PHASE, type Phase } from '../contracts/status';
import { WAITING_FOR } from '../contracts/steps';
import type { Dependencies } from './dependencies';
import { doubtQuestion, keepAnswer } from './doubts';
import { superseded } from './errors';
import { budgetOf, raisedBudget, spentBy } from './model-budget';
import { budgetQuestion, finalQuestion, planQuestion, timeoutOf } from './questions';
import type { RowActivities } from './rows';

type QuestionActivities = Pick<
  RowActivities,
  'askForApproval' | 'askAboutBudget' | 'askAboutResult' | 'askAboutData' | 'settleDoubt' | 'recordAnswer'
>;

interface Answered {
  answer: GivenAnswer;
  /** The choice in words. */
  label: string;
  asker: AgentName;
}

/** A repeated call asks the same question, in the same message. */
export function createQuestions({ store, config }: Dependencies): QuestionActivities {
  const current = async (run: JobRun) => {
    const job = await store.getJob(run.job_id);
    if (!job || job.run_no !== run.run_no) throw superseded(run.job_id);
    return job;
  };
  const ask = async (run: JobRun, asker: AgentName, asked: Omit<Question, 'deadline'>, seconds: number) => {
    const question: Question = { ...asked, deadline: new Date(Date.now() + seconds * 1000).toISOString() };
    await store.addMessage(run, {
      key: question.id,
      agent_name: asker,
      content: question.text,
      message_type: 'user_input_request',
      source: 'template',
    });
    const waiting_for = WAITING_FOR[question.kind];
    await store.updateJob(run, { status: 'awaiting_user_input', waiting_for, question, doing: null });
  };
  /** Into the conversation, once. */
  const goOn = async (run: JobRun, phase: Phase, { answer, label, asker }: Answered) => {
    await store.addMessage(run, {
      key: `answer-${answer.question}`,
      agent_name: answer.in_time ? 'User' : asker,
      content: answer.in_time ? `Answer: ${label}.` : `No answer came in time, so this holds: ${label}.`,
      message_type: answer.in_time ? 'user' : 'agent',
      source: answer.in_time ? 'user' : 'template',
    });
    await store.updateJob(run, { status: STATUS_OF_PHASE[phase], waiting_for: null });
  };
  return {
    async askForApproval(run, attempt) {
      const { options } = await current(run);
      await ask(run, 'ModelBuilder', planQuestion(attempt, options), timeoutOf(options));
    },

    async askAboutBudget(run, asked) {
      const job = await current(run);
      const spent = spentBy(await store.turnsOfJob(run.job_id), config.models.prices);
      const raised = raisedBudget(spent, budgetOf(config.models.budget, job.options));
      await ask(run, 'CodeExecutor', budgetQuestion(job, asked, raised), asked.timeout_secs);
    },

    async askAboutResult(run, shown) {
      const job = await current(run);
      await ask(run, 'Analyst', finalQuestion(job, shown), timeoutOf(job.options));
    },

    async askAboutData(run, { name, attempt }) {
      const { options } = await current(run);
      await ask(run, 'DataProcessor', await doubtQuestion(store, { ...run, attempt }, name), timeoutOf(options));
    },

    async settleDoubt(run, { name, attempt }, answer) {
      const label = await keepAnswer(store, { ...run, attempt }, { name, answer });
      await goOn(run, 'analysis', { answer, label, asker: 'DataProcessor' });
    },

    async recordAnswer(run, phase, answer) {
      const asked = (await current(run)).question_detail;
      const label = asked?.choices.find(({ id }) => id === answer.choice)?.label ?? answer.choice;
      await goOn(run, phase, { answer, label, asker: 'Analyst' });
    },
  };
}
