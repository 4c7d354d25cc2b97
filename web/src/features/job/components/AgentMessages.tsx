import { dateTime, time } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { MessageView } from '../../../lib/types';
import { Folded } from '../../../lib/ui/Folded';
import { Panel } from '../../../lib/ui/Panel';
import classes from './job.module.css';

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
