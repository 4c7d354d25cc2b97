import 'reflect-metadata';
import { AuditRow, Database, JobRow, JobStore, LogRow, type JobFilter, type RunKey } from '../../src/entities';
import type { JobEvent } from '../../src/contracts/events';
import { postgresBinaries, postgresServer, sqliteServer, type TestServer } from './support/databases';

const ui = { temporalUiUrl: 'http://127.0.0.1:8233', namespace: 'default' };
const brief = { name: 'Sales', prompt: 'Forecast the next 14 days', target_column: 'sales', horizon: 14 };
const bin = postgresBinaries();
const servers: [string, (() => Promise<TestServer>) | undefined][] = [
  ['SQLite', sqliteServer],
  ['PostgreSQL', bin === undefined ? undefined : () => postgresServer(bin)],
];

for (const [name, start] of servers) {
  // PostgreSQL's binaries may be missing: the tier then says that this block was skipped.
  (start ? describe : describe.skip)(`store on ${name}`, () => {
    let server: TestServer;
    let url: string;
    let database: Database;
    let store: JobStore;

    beforeAll(async () => {
      server = await start!();
    }, 60_000);
    afterAll(async () => server?.stop());
    beforeEach(async () => {
      url = await server.url();
      database = await Database.open(url);
      store = new JobStore(database, ui);
    });
    afterEach(async () => database.close());

    async function running(): Promise<RunKey & { from: 'analysis' }> {
      const { id } = await store.createJob(brief);
      const dataset = { dataset_path: `uploads/${id}/sales.csv`, dataset_name: 'sales.csv', dataset_bytes: 3e9 };
      const run = await store.claimRun(id, {
        from: 'analysis',
        allowedStatuses: ['created'],
        action: 'upload',
        dataset,
      });
      return run as RunKey & { from: 'analysis' };
    }
    const allEvents = (id: string): Promise<JobEvent[]> => store.events(id, 0, 10_000);

    it('has migrations that match the entities, and runs them once', async () => {
      await expectEntitiesToMatch(database);
      const others = await Promise.all([Database.open(url), Database.open(url)]);
      expect(await others[0].migrations()).toEqual(MIGRATIONS);
      await Promise.all(others.map((other) => other.close()));
    });

    it('brings an older database up to date without losing a row of any job', async () => {
      const run = await running();
      const timestamp = new Date().toISOString();
      await store.appendLogs(run, [{ key: '1', message: 'kept', level: 'INFO', timestamp }]);
      const events = await allEvents(run.job_id);
      const source = await database.write(async (manager) => manager.connection);
      for (const _ of [1, 2, 3, 4]) await source.undoLastMigration({ transaction: 'none' });
      const opened = await Database.open(url);
      const again = new JobStore(opened, ui);
      expect(await again.events(run.job_id, 0, 10_000)).toEqual(events);
      const logs = await opened.read((manager) => manager.find(LogRow, { where: { job_id: run.job_id } }));
      expect(logs.map((row) => row.message)).toEqual(['kept']);
      const breaking = opened.write((manager) => manager.insert(LogRow, { job_id: 'none', key: '1' } as never));
      await expect(breaking).rejects.toThrow();
      await opened.close();
    });

    it('keeps the audit log: no row of it can be changed or removed', async () => {
      await store.createJob(brief);
      const change = (sql: string) => database.write((manager) => manager.query(sql));
      await expect(change("UPDATE audit_log SET action = 'nothing'")).rejects.toThrow('append-only');
      await expect(change('DELETE FROM audit_log')).rejects.toThrow('append-only');
      expect(await database.read((manager) => manager.countBy(AuditRow, { action: 'create' }))).toBe(1);
    });

    it('lets processes that start at once migrate a new database', async () => {
      const fresh = await server.url();
      const opened = await Promise.all([1, 2, 3, 4].map(() => Database.open(fresh)));
      expect(await opened[3]!.migrations()).toEqual(MIGRATIONS);
      await Promise.all(opened.map((each) => each.close()));
    });

    it('gives one job to parallel creates with one key, and refuses the key with another body', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => store.createJob(brief, 'key-1')));
      expect(new Set(made.map((job) => job.id)).size).toBe(1);
      expect((await store.listJobs({ limit: 50 })).total).toBe(1);
      await expect(store.createJob({ ...brief, name: 'Other' }, 'key-1')).rejects.toMatchObject({
        failure: { code: 'idempotency_key_reused' },
      });
      expect((await store.createJob(brief, 'key-2')).id).not.toBe(made[0]!.id);
    });

    it('lets exactly one of parallel claims begin the run, and runs its action for that one alone', async () => {
      const { id } = await store.createJob(brief);
      let placed = 0;
      const claim = () =>
        store.claimRun(id, {
          from: 'analysis',
          allowedStatuses: ['created'],
          action: 'upload',
          beforeCommit: async () => void (placed += 1),
        });
      const runs = (await Promise.all([claim(), claim(), claim()])).filter(Boolean);
      expect(runs).toEqual([{ job_id: id, run_no: 1, from: 'analysis' }]);
      expect(placed).toBe(1);
      expect(await store.getJob(id)).toMatchObject({ status: 'queued', run_no: 1, queue_position: 1, progress: 0 });
    });

    it('tells a waiting job how long it probably waits, from the runs that have ended and the one that is on', async () => {
      const [done, busy, waiting] = [await running(), await running(), await running()];
      const handleOf = (job_id: string) => ({
        ...{
          job_id,
          phase: 'training' as const,
          attempt: 1,
          incarnation: 1,
          engine: 'local',
          name: `run of ${job_id}`,
        },
      });
      // A job that is not started yet would be in the queue before it.
      await store.updateJob(done, { status: 'training_model' });
      await store.updateJob(busy, { status: 'training_model' });
      await store.updateJob(waiting, { status: 'training_model', waiting_for: 'a free execution slot' });
      const secondsOf = async () => (await store.getJob(waiting.job_id))!.queue_seconds;
      expect(await secondsOf()).toBeNull();
      const now = new Date().toISOString();
      const report = {
        started_at: now,
        finished_at: now,
        exit: 'exited',
        exit_code: 0,
        seconds: 90,
        peak_memory_bytes: 1,
      };
      await store.upsertExecution({ handle: handleOf(done.job_id), state: 'ended', report: report as never });
      await store.upsertExecution({ handle: handleOf(busy.job_id), state: 'running' });
      const { jobs } = await new JobStore(database, ui).listJobs({ limit: 10 });
      const seconds = jobs.find((job) => job.id === waiting.job_id)!.queue_seconds!;
      expect(seconds).toBeGreaterThan(60);
      expect(seconds).toBeLessThanOrEqual(90);
      expect(jobs.find((job) => job.id === busy.job_id)!.queue_seconds).toBeNull();
    });

    it('leaves nothing behind when the action before the commit fails', async () => {
      const { id } = await store.createJob(brief);
      const failing = store.claimRun(id, {
        from: 'analysis',
        allowedStatuses: ['created'],
        action: 'upload',
        beforeCommit: () => Promise.reject(new Error('no space')),
      });
      await expect(failing).rejects.toThrow('no space');
      expect(await store.getJob(id)).toMatchObject({ status: 'created', run_no: 0 });
    });

    it('never lets progress go back, nor a final status change, and ends the stream with `end`', async () => {
      const run = await running();
      await store.updateJob(run, { status: 'training_model', phase: 'training', progress: 40 });
      await store.updateJob(run, { progress: 30, doing: 'GBM' });
      expect(await store.getJob(run.job_id)).toMatchObject({ progress: 40, doing: 'GBM', queue_position: null });
      await store.updateJob(run, { waiting_for: 'A free slot' });
      expect((await store.getJob(run.job_id))?.queue_position).not.toBeNull();
      await store.updateJob(run, { status: 'awaiting_user_input', waiting_for: 'Your approval' });
      expect((await store.getJob(run.job_id))?.queue_position).toBeNull();
      const error = { category: 'data' as const, code: 'constant_target', message: 'All the same.', hint: 'Choose.' };
      expect(await store.updateJob(run, { status: 'failed', error })).toBe(true);
      expect(await store.updateJob(run, { status: 'failed', error })).toBe(true);
      expect(await store.updateJob(run, { status: 'completed' })).toBe(false);
      const job = await store.getJob(run.job_id);
      expect(job).toMatchObject({ status: 'failed', final: true, error_message: 'All the same.', error, doing: null });
      const events = await allEvents(run.job_id);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.filter((event) => event.type === 'end')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ type: 'end', data: { status: 'failed', prompt: brief.prompt } });
    });

    it('lets an older run change nothing', async () => {
      const first = await running();
      await store.updateJob(first, { status: 'failed', phase: 'training', progress: 50 });
      const second = await store.claimRun(first.job_id, {
        from: 'training',
        allowedStatuses: ['failed'],
        action: 'retry',
      });
      expect(second).toMatchObject({ run_no: 2 });
      expect(await store.getJob(first.job_id)).toMatchObject({ status: 'queued', progress: 12, error: null });
      const before = await allEvents(first.job_id);
      expect(await store.updateJob(first, { status: 'completed', progress: 100 })).toBe(false);
      expect(await store.openAttempt(first, 'training', 1)).toBe(false);
      expect(
        await store.appendLogs(first, [
          { key: 'a', level: 'INFO', message: 'late', timestamp: '2026-01-01T00:00:00.000Z' },
        ]),
      ).toBe(false);
      expect(await allEvents(first.job_id)).toEqual(before);
      expect(await store.listAttempts(first.job_id)).toEqual([]);
    });

    it('tells a training of the limits that changed since its plan, once each', async () => {
      const run = await running();
      const id = run.job_id;
      await store.updateSettings(id, { max_models: 9 });
      await store.openAttempt(run, 'training', 1);
      const look = (attempt = 1) => store.changedLimits(id, 'training', attempt);
      expect(await look()).toBeUndefined();
      await store.updateSettings(id, { prompt: 'Another goal', horizon: 3 });
      expect(await look()).toBeUndefined();
      await store.updateSettings(id, { max_models: 2 });
      expect(await look()).toEqual({ change: 2, options: { horizon: 3, max_models: 2 } });
      await store.updateSettings(id, { max_models: null, max_runtime_secs: 60 });
      expect(await look()).toEqual({ change: 3, options: { horizon: 3, max_runtime_secs: 60 } });
      expect(await look(2)).toBeUndefined();
      await store.openAttempt(run, 'training', 1);
      expect(await look()).toMatchObject({ change: 3 });
      await store.openAttempt(run, 'training', 2);
      expect(await look(2)).toBeUndefined();

      const time = '2026-01-01T00:00:00.000Z';
      const event = { phase: 'training', attempt: 1, state: 'limits_changed', detail: 'x', time } as const;
      for (const [incarnation, change] of [
        [1, 2],
        [1, 2],
        [2, 2],
        [2, 3],
      ] as const) {
        await store.addAttemptEvent(run, { ...event, incarnation }, change);
      }
      expect((await allEvents(id)).filter(({ type }) => type === 'attempt')).toHaveLength(2);
    });

    it('writes every record once however often it is written', async () => {
      const run = await running();
      const id = run.job_id;
      const handle = {
        job_id: id,
        phase: 'training' as const,
        attempt: 1,
        incarnation: 1,
        engine: 'local',
        name: 'box',
      };
      const time = '2026-01-01T00:00:00.000Z';
      const board = [{ model_id: 'GBM_1', algorithm: 'GBM', metric: 'mae' as const, score: 1.5, train_seconds: null }];
      const writeAll = async () => {
        await store.openAttempt(run, 'training', 1);
        await store.appendLogs(id, [
          { key: '1', level: 'INFO', message: 'nul \0 byte', timestamp: time },
          { key: '2', level: 'ERROR', message: 'two', timestamp: time },
        ]);
        await store.addMessage(id, {
          key: 'm',
          agent_name: 'Analyst',
          content: 'ok',
          message_type: 'agent',
          source: 'template',
        });
        await store.addReport(id, { key: 'r', stage: 'analysis', title: 'T', content: '# T', metadata: { rows: 3 } });
        await store.saveScript(id, {
          script_type: 'training',
          attempt: 1,
          script_name: 's.py',
          script_content: 'x',
          agent_name: 'ModelBuilder',
        });
        await store.setScriptResult(id, 'training', 1, { succeeded: true });
        await store.saveOutput(id, 'training', 1, 'result', { rows: 3 });
        await store.recordAgentCall(id, {
          key: 'c',
          agent_name: 'Analyst',
          source: 'template',
          seconds: 0.5,
          input_tokens: null,
          output_tokens: null,
        });
        await store.upsertExecution({ handle, state: 'running' });
        await store.addResourceSamples(handle, [{ time, cpu: 1.5, memory_bytes: 3e9, disk_bytes: 10 }]);
        await store.putLeaderboard(id, 'training', 1, board);
        await store.addAttemptEvent(id, {
          phase: 'training',
          attempt: 1,
          incarnation: 1,
          state: 'started',
          detail: 'x',
          time,
        });
        await store.savePrediction(id, { attempt: 1, path: 'coding/p/predictions.csv', row_count: 3 });
        await store.finishAttempt(run, 'training', 1, { outcome: 'succeeded' });
        return await store.saveModel(id, {
          attempt: 1,
          name: 'GBM',
          model_path: 'coding/p/model.zip',
          metrics: { mae: 1 },
          baseline: null,
          metric: 'mae',
        });
      };
      const [first, second] = [await writeAll(), await writeAll()];
      expect(first).toBe(second);
      const count = (table: string) =>
        database.read(async (manager) => Number((await manager.query(`SELECT COUNT(*) AS n FROM ${table}`))[0].n));
      const counts = {
        logs: 2,
        agent_messages: 1,
        process_reports: 1,
        generated_scripts: 1,
        step_outputs: 1,
        agent_calls: 1,
        agent_statistics: 1,
        executions: 1,
        resource_samples: 1,
        leaderboard_rows: 1,
        predictions: 1,
        models: 1,
        phase_attempts: 1,
      };
      for (const [table, rows] of Object.entries(counts)) expect([table, await count(table)]).toEqual([table, rows]);
      const types = (await allEvents(id)).map((event) => event.type);
      expect(types).toEqual(['status', 'status', 'log', 'log', 'message', 'leaderboard', 'attempt']);
      expect(await store.getOutput(id, 'training', 'result')).toEqual({ rows: 3 });
      expect((await store.listExecutions(id))[0]).toMatchObject({ engine: 'local', finished_at: null });

      await store.markDeleted(id);
      expect(await store.getJob(id)).toBeUndefined();
      expect(await store.deletedJobs()).toEqual([id]);
      expect(
        await store.addMessage(id, { key: 'late', agent_name: 'x', content: '', message_type: 'agent', source: 'x' }),
      ).toBe(false);
      await store.purgeJob(id);
      await store.purgeJob(id);
      for (const table of Object.keys(counts)) expect([table, await count(table)]).toEqual([table, 0]);
      expect(await count('job_events')).toBe(0);
      expect(await count('audit_log')).toBe(3);
    });

    it('numbers the events of parallel writers without holes', async () => {
      const run = await running();
      const other = new JobStore(await Database.open(url), ui);
      const writes = Array.from({ length: 30 }, (_, index) =>
        (index % 2 ? store : other).addMessage(run.job_id, {
          key: `m${index}`,
          agent_name: 'Analyst',
          content: 'x',
          message_type: 'agent',
          source: 'template',
        }),
      );
      await Promise.all(writes);
      const numbers = (await allEvents(run.job_id)).map((event) => event.seq);
      expect(numbers).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
      await other.database.close();
    });

    it('knows which phases hold: running one again makes the later ones unfinished', async () => {
      const run = await running();
      const pass = async (phase: 'analysis' | 'training' | 'prediction', attempt: number) => {
        await store.openAttempt(run, phase, attempt);
        await store.finishAttempt(run, phase, attempt, { outcome: 'succeeded' });
      };
      await pass('analysis', 1);
      await pass('training', 1);
      await pass('prediction', 1);
      expect(await store.finishedPhases(run.job_id)).toEqual(['analysis', 'training', 'prediction']);
      await pass('training', 2);
      expect(await store.finishedPhases(run.job_id)).toEqual(['analysis', 'training']);
      expect(await store.lastAttempt(run.job_id, 'training')).toBe(2);
      await store.openAttempt(run, 'training', 3);
      expect(await store.finishedPhases(run.job_id)).toEqual(['analysis']);
    });

    it('adds tokens up only where every model call reported them', async () => {
      const run = await running();
      const call = { agent_name: 'Analyst', source: 'llm', seconds: 1 };
      const totals = () =>
        database.read((manager) =>
          manager.query('SELECT calls_count, tokens_consumed, input_tokens FROM agent_statistics'),
        );
      await store.recordAgentCall(run, { ...call, key: '1', input_tokens: 10, output_tokens: 5 });
      expect(await totals()).toEqual([{ calls_count: 1, tokens_consumed: 15, input_tokens: 10 }]);
      await store.recordAgentCall(run, {
        ...call,
        key: '2',
        source: 'template',
        input_tokens: null,
        output_tokens: null,
      });
      expect(await totals()).toEqual([{ calls_count: 2, tokens_consumed: 15, input_tokens: 10 }]);
      await store.recordAgentCall(run, { ...call, key: '3', input_tokens: null, output_tokens: 5 });
      expect(await totals()).toEqual([{ calls_count: 3, tokens_consumed: null, input_tokens: null }]);
    });

    it('pages through jobs by cursor, filters them, and hides the deleted', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        ids.push((await store.createJob({ ...brief, name: index === 3 ? '100%_Sales' : `job ${index}` })).id);
      }
      const one = await store.listJobs({ limit: 2 });
      expect(one.total).toBe(5);
      const two = await store.listJobs({ limit: 2, cursor: one.next_cursor! });
      const three = await store.listJobs({ limit: 2, cursor: two.next_cursor! });
      const seen = [one, two, three].flatMap((page) => page.jobs.map((job) => job.id));
      expect([...seen].sort()).toEqual([...ids].sort());
      expect(three.next_cursor).toBeNull();
      expect((await store.listJobs({ limit: 9, search: '%_sales' })).jobs.map((job) => job.name)).toEqual([
        '100%_Sales',
      ]);
      expect((await store.listJobs({ limit: 9, status: ['queued'] })).jobs).toEqual([]);
      await store.markDeleted(ids[0]!);
      expect((await store.listJobs({ limit: 9 })).total).toBe(4);
      await expect(store.listJobs({ limit: 9, cursor: 'nonsense' })).rejects.toMatchObject({
        failure: { code: 'cursor_invalid' },
      });
    });

    it('keeps what a list is sorted by: against naive, how long it ran, what models cost', async () => {
      const run = await running();
      const ref = { phase: 'training' as const, attempt: 1, agent_name: 'ModelBuilder' };
      const begin = { endpoint: 'openai', model: 'm', prompt: [], seen_message_id: 0, reserve: 0 };
      const said = { answer: { role: 'assistant' }, finish: 'stop', mode: 'json', input_tokens: 1, output_tokens: 1 };
      const answer = (turn: number, cost_usd: number | null) =>
        store.recordAnswer(run, { ...ref, turn, reserve: 0 }, { ...said, cost_usd, seconds: 1 } as never);
      for (const turn of [1, 2, 3]) await store.beginCall(run, ref, { turn, ...begin });
      await answer(1, null);
      expect((await store.getJob(run.job_id))!.cost_usd).toBeNull();
      for (const cost of [0.25, 9]) await answer(2, cost);
      await answer(3, 0.5);
      await store.updateJob(run, { status: 'training_model', started_at: '2026-01-01T00:00:00.000Z' });
      await store.updateJob(run, { metric: 'rmse', score: 3, baseline_score: 4 });
      expect(await store.getJob(run.job_id)).toMatchObject({ skill: 0.25, run_seconds: null, cost_usd: 0.75 });
      await store.updateJob(run, { status: 'completed', finished_at: '2026-01-01T00:01:30.500Z' });
      expect(await store.getJob(run.job_id)).toMatchObject({ skill: 0.25, run_seconds: 90.5, cost_usd: 0.75 });

      // A database from before has the columns filled when it is opened.
      const source = await database.write(async (manager) => manager.connection);
      for (const _ of [1, 2]) await source.undoLastMigration({ transaction: 'none' });
      const reopened = await Database.open(url);
      const [job] = (await new JobStore(reopened, ui).listJobs({ limit: 1 })).jobs;
      expect(job).toMatchObject({ skill: 0.25, cost_usd: 0.75, run_seconds: expect.closeTo(90.5, 3) });
      await reopened.close();
    });

    describe('lists in another order', () => {
      /** Jobs with what they are sorted by; what is left out is not known. Ties and unknowns are on purpose. */
      const rows: Partial<JobRow>[] = [
        {
          name: 'zebra',
          skill: 0.5,
          run_seconds: 10,
          target_column: 'Sales',
          status: 'completed',
          phase: 'final_check',
        },
        { name: 'Apple', skill: -0.1, run_seconds: 10, cost_usd: 0.1 + 0.2, target_column: 'sales_b', engine: 'local' },
        { name: 'apple', cost_usd: 1e-9, target_column: 'sales', status: 'failed', phase: 'training', progress: 40 },
        { name: 'éclair', skill: 1 / 3, run_seconds: 5.25, target_column: 'sales', status: 'failed' },
        { name: '_under', skill: 1 / 3, cost_usd: 2, score: 1e300, engine: 'docker' },
        { name: 'Zoo', run_seconds: 0, score: -3, target_column: 'Ärger', progress: 99 },
      ];
      beforeEach(async () => {
        for (const [at, row] of rows.entries()) await insert(at, row);
      });
      const insert = (at: number, row: Partial<JobRow>) => {
        const time = `2026-01-01T00:00:${String(Math.floor(at / 2)).padStart(2, '0')}.000Z`;
        const base = { id: `job-${at}`, prompt: 'p', options: {}, created_at: time, updated_at: time };
        return database.write((manager) => manager.insert(JobRow, { ...base, ...row } as never));
      };
      /** The whole list, two jobs a page; `meanwhile` runs after the first one. */
      async function pages(filter: Partial<JobFilter>, meanwhile?: () => Promise<unknown>): Promise<string[]> {
        const names: string[] = [];
        for (let cursor: string | undefined; ;) {
          const page = await store.listJobs({ ...filter, limit: 2, ...(cursor && { cursor }) });
          names.push(...page.jobs.map((job) => job.name));
          if (!page.next_cursor) return names;
          if (!cursor) await meanwhile?.();
          cursor = page.next_cursor;
        }
      }

      it.each([
        ['created_at', 'asc', 'Apple zebra éclair apple Zoo _under'],
        ['name', 'asc', '_under apple Apple zebra Zoo éclair'],
        ['name', 'desc', 'éclair Zoo zebra apple Apple _under'],
        ['skill', 'desc', 'zebra _under éclair Apple Zoo apple'],
        ['skill', 'asc', 'Apple _under éclair zebra Zoo apple'],
        ['run_seconds', 'asc', 'Zoo éclair Apple zebra _under apple'],
        ['cost_usd', 'desc', '_under Apple apple Zoo éclair zebra'],
        ['score', 'asc', 'Zoo _under éclair apple Apple zebra'],
        ['target_column', 'asc', 'éclair apple zebra Apple Zoo _under'],
        ['status', 'asc', 'zebra Zoo _under Apple éclair apple'],
        ['progress', 'desc', 'Zoo apple _under éclair Apple zebra'],
        ['engine', 'desc', 'Apple _under Zoo éclair apple zebra'],
      ] as const)('by %s, %s', async (sort, order, expected) => {
        expect((await pages({ sort, order })).join(' ')).toBe(expected);
      });

      it('is not shifted by jobs that come, end or go between two pages', async () => {
        const names = await pages({ sort: 'skill', order: 'desc' }, async () => {
          await insert(90, { name: 'better', skill: 0.9 });
          await insert(91, { name: 'worse', skill: -9 });
          await store.markDeleted('job-4');
          await database.write((manager) => manager.update(JobRow, { id: 'job-2' }, { skill: 0.01 }));
        });
        expect(names.join(' ')).toBe('zebra _under éclair apple Apple worse Zoo');
      });

      it.each<[string, Partial<JobFilter>, string]>([
        ['better than naive by a third', { min_skill: 1 / 3 }, '_under éclair zebra'],
        ['no better than naive', { max_skill: 0 }, 'Apple'],
        ['between five and ten seconds', { min_run_seconds: 5, max_run_seconds: 10 }, 'éclair Apple zebra'],
        ['dearer than a cent', { min_cost_usd: 0.01 }, '_under Apple'],
        ['of one target, its case counting', { target: 'sales' }, 'éclair apple'],
        ['that are named', { id: ['job-0', 'job-3', 'none'] }, 'éclair zebra'],
        ['in a phase', { phase: ['training', 'analysis'] }, 'apple'],
        ['all at once', { status: ['failed'], search: 'SALES', max_run_seconds: 6 }, 'éclair'],
      ])('only those %s', async (_, filter, expected) => {
        expect((await pages(filter)).join(' ')).toBe(expected);
        expect((await store.listJobs({ ...filter, limit: 1 })).total).toBe(expected.split(' ').length);
      });

      it('takes no cursor of another order', async () => {
        const { next_cursor: cursor } = await store.listJobs({ limit: 2, sort: 'skill', order: 'desc' });
        const other = store.listJobs({ limit: 2, sort: 'skill', order: 'asc', cursor: cursor! });
        await expect(other).rejects.toMatchObject({ failure: { code: 'cursor_invalid' } });
      });
    });

    it('cancels at once what never started, and notes the wish otherwise', async () => {
      const { id } = await store.createJob(brief);
      expect(await store.requestCancel(id)).toEqual({ previous_status: 'created', run_no: 0 });
      expect(await store.getJob(id)).toMatchObject({ status: 'cancelled', final: true, started_at: null });
      const run = await running();
      await store.requestCancel(run.job_id);
      expect(await store.getJob(run.job_id)).toMatchObject({ status: 'queued', cancel_requested: true });
      expect((await store.jobsToReconcile(0)).map((job) => job.job_id)).toEqual([run.job_id]);
      expect(await store.jobsToReconcile(60)).toEqual([]);
    });

    it('refuses a write inside a write, and rolls back what fails', async () => {
      const nested = database.write(() => database.write(() => Promise.resolve(1)));
      await expect(nested).rejects.toThrow('write inside a write');
      const run = await running();
      const failing = database.write(async (manager) => {
        await manager.query('UPDATE jobs SET progress = 99');
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await store.getJob(run.job_id)).toMatchObject({ progress: 0 });
    });
  });
}

/** In the order in which they were written. */
const MIGRATIONS = [
  'FirstTables1763900000000',
  'Forks1764028800000',
  'AgentTurns1764036000000',
  'Datasets1764037000000',
  'AuditAppendOnly1764040000000',
  'ChangedLimits1764050000000',
  'Questions1764060010000',
  'SortableJobs1764062000000',
  'ExecutionStages1764065000000',
  'Workers1764070000000',
];

describe('a database that can not be used', () => {
  it('says what to do, as a failure of category system', async () => {
    await expect(Database.open('sqlite:/dev/null/at/all.db')).rejects.toMatchObject({
      failure: { category: 'system' },
    });
    await expect(Database.open('postgres://automl@127.0.0.1:1/none')).rejects.toMatchObject({
      failure: { category: 'system', code: 'database_unreachable' },
      retryable: true,
    });
  });
});

/** Every mapped column is in the migrated table under the same name, key and nullability, and no other is. */
async function expectEntitiesToMatch(database: Database): Promise<void> {
  await database.read(async ({ connection }) => {
    const runner = connection.createQueryRunner();
    const inTable = [];
    const mapped = [];
    for (const entity of connection.entityMetadatas) {
      const table = await runner.getTable(entity.tableName);
      const columns = (table?.columns ?? []).map((column) => [column.name, column.isPrimary, column.isNullable]);
      inTable.push([entity.tableName, columns, uniques(table?.indices ?? [])]);
      const fields = entity.columns.map((column) => [column.databaseName, column.isPrimary, column.isNullable]);
      mapped.push([entity.tableName, fields, uniques(entity.indices)]);
    }
    await runner.release();
    const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    const inOrder = (tables: unknown[][]) =>
      tables.map(([name, columns, names]) => [name, (columns as []).sort(byText), names]);
    expect(inOrder(inTable)).toEqual(inOrder(mapped));
  });
}

function uniques(indices: { name?: string; isUnique: boolean }[]): unknown[] {
  return indices.map((index) => [index.name, index.isUnique]).sort();
}
