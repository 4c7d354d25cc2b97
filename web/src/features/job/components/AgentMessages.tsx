import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import { dateTime, time } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { MessageView } from '../../../lib/types';
import { Folded } from '../../../lib/ui/Folded';
import { Panel } from '../../../lib/ui/Panel';
import classes from './job.module.css';

/** On the overview the newest are enough; the whole conversation has its own tab. */
const NEWEST = 5;

export function AgentMessages({ messages, running }: { messages: MessageView[]; running: boolean }) {
  const { t } = useI18n();
  return (
    <Panel title={t.job.messages}>
      <MessageList messages={messages.slice(-NEWEST)} running={running} />
      <Anchor component={Link} href="?tab=agents" size="sm" className={classes.all}>
        {t.activity.conversationAll}
      </Anchor>
    </Panel>
  );
}

/** What was said, in its order; the newest last, as in a conversation. */
export function MessageList({ messages, running }: { messages: MessageView[]; running: boolean }) {
  const { t } = useI18n();
  if (messages.length === 0) return <p className={classes.empty}>{t.job.messagesEmpty}</p>;
  return (
    <ol className={classes.messages} aria-live={running ? 'polite' : 'off'}>
      {messages.map((message) => (
        <Message key={message.id} message={message} />
      ))}
    </ol>
  );
}

function Message({ message }: { message: MessageView }) {
  const { t, locale } = useI18n();
  return (
    <li className={classes.message} data-type={message.message_type}>
      <div className={classes.messageHead}>
        <span className={classes.agent}>{message.agent_name}</span>
        {message.source !== 'template' && (
          <span className={classes.source}>{t.job.source[message.source] ?? message.source}</span>
        )}
        <time dateTime={message.timestamp} title={dateTime(message.timestamp, locale)}>
          {time(message.timestamp, locale)}
        </time>
      </div>
      <Folded text={message.content} className={classes.messageText} />
    </li>
  );
}
