import { Button } from '@mantine/core';
import { useState } from 'react';
import { dateTime, time } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { MessageView } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import classes from './job.module.css';

/** Longer messages are folded at this many characters. */
const FOLD_AT = 420;

/** What the agents say, in their order; the newest last, as in a conversation. */
export function AgentMessages({ messages, running }: { messages: MessageView[]; running: boolean }) {
  const { t } = useI18n();
  return (
    <Panel title={t.job.messages}>
      {messages.length === 0 && <p className={classes.empty}>{t.job.messagesEmpty}</p>}
      <ol className={classes.messages} aria-live={running ? 'polite' : 'off'}>
        {messages.map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ol>
    </Panel>
  );
}

function Message({ message }: { message: MessageView }) {
  const { t, language } = useI18n();
  const [open, setOpen] = useState(false);
  const long = message.content.length > FOLD_AT;
  const text = long && !open ? `${message.content.slice(0, FOLD_AT).trimEnd()}…` : message.content;
  return (
    <li className={classes.message} data-type={message.message_type}>
      <div className={classes.messageHead}>
        <span className={classes.agent}>{message.agent_name}</span>
        {message.source !== 'template' && (
          <span className={classes.source}>{t.job.source[message.source] ?? message.source}</span>
        )}
        <time dateTime={message.timestamp} title={dateTime(message.timestamp, language)}>
          {time(message.timestamp, language)}
        </time>
      </div>
      <p className={classes.messageText}>{text}</p>
      {long && (
        <Button variant="subtle" size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.job.showLess : t.job.showAll}
        </Button>
      )}
    </li>
  );
}
