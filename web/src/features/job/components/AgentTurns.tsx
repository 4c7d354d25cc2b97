import { useState } from 'react';
import { duration, money, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { TurnView } from '../../../lib/types';
import { ErrorNote, NoteBox } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useTurns } from '../api/get-records';
import classes from './activity.module.css';

/** What models were asked and answered, each turn behind its title; nothing is shown where no model was asked. */
export function AgentTurns({ jobId, stamp }: { jobId: string; stamp: string }) {
  const { t } = useI18n();
  const { data, error, refetch } = useTurns(jobId, stamp);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data || data.length === 0) return null;
  return (
    <Panel title={t.activity.turns} hint={t.activity.turnsHint}>
      <ul className={classes.reports}>
        {data.map((turn) => (
          <li key={`${turn.phase}/${turn.attempt}/${turn.agent_name}/${turn.turn}`} className={classes.report}>
            <Turn turn={turn} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Turn({ turn }: { turn: TurnView }) {
  const { t, locale } = useI18n();
  const [open, setOpen] = useState(false);
  const tokens =
    turn.input_tokens === null && turn.output_tokens === null
      ? null
      : t.activity.tokens(number(turn.input_tokens, locale), number(turn.output_tokens, locale));
  const facts = [
    turn.model,
    tokens,
    turn.cost_usd === null ? null : money(turn.cost_usd, locale),
    duration(turn.seconds),
  ];
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={classes.stage}>
          {t.phase[turn.phase]} · {t.job.attempt(turn.attempt)}
        </span>{' '}
        {turn.agent_name} · {t.activity.turn(turn.turn)}
        <span className={classes.turnFacts}>{facts.filter((fact) => fact !== null).join(' · ')}</span>
      </summary>
      {open && (
        <div className={classes.reportBody} tabIndex={0} role="group" aria-label={t.activity.turn(turn.turn)}>
          {turn.failure && <NoteBox tone="warn" note={{ title: turn.failure.message, hint: turn.failure.hint }} />}
          {turn.prompt.map((message, at) => (
            <Said key={at} who={message.role} text={message.content ?? ''} calls={message.tool_calls ?? []} />
          ))}
          {turn.answer && (
            <Said who={turn.model} text={turn.answer.content ?? ''} calls={turn.answer.tool_calls ?? []} />
          )}
        </div>
      )}
    </details>
  );
}

interface SaidProps {
  who: string;
  text: string;
  calls: { id: string; function: { name: string; arguments: string } }[];
}

/** Words of a model or to it: always text, whatever they look like. */
function Said({ who, text, calls }: SaidProps) {
  return (
    <div className={classes.said}>
      <strong>{who}</strong>
      {text !== '' && <pre>{text}</pre>}
      {calls.map((call) => (
        <pre key={call.id}>{`${call.function.name}(${call.function.arguments})`}</pre>
      ))}
    </div>
  );
}
