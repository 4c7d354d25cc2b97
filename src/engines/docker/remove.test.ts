import { removeContainer } from './remove';

const answer = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });
const NOT_EMPTY = answer(500, 'unable to remove filesystem for 49ba: unlinkat /containers/49ba: directory not empty');
const IN_PROGRESS = answer(409, 'removal of container 49ba is already in progress');
const GONE = answer(404, 'No such container: 49ba');

/** What the engine answers to each removal in turn (null: done); it is gone once the answers are used up. */
function container(answers: (Error | null)[]) {
  const left = [...answers];
  return {
    remove: jest.fn(async () => {
      const next = left.shift();
      if (next) throw next;
    }),
    inspect: jest.fn(async () => {
      if (left.length === 0) throw GONE;
      return {};
    }),
  };
}

test.each<[string, (Error | null)[]]>([
  ['at once', [null]],
  ['that is gone already', [GONE]],
  ['that the engine still writes to', [NOT_EMPTY, NOT_EMPTY, null]],
  ['that somebody else removes', [IN_PROGRESS, IN_PROGRESS, GONE]],
  ['whose removal by somebody else failed', [IN_PROGRESS, NOT_EMPTY, null]],
])('a container %s', async (_which, answers) => {
  const { remove, inspect } = container(answers);
  await removeContainer({ remove, inspect } as never);
  expect(remove).toHaveBeenCalledTimes(answers.length);
});

test('an engine that will not remove it is heard', async () => {
  const { remove, inspect } = container([answer(500, 'driver "overlay2" failed')]);
  await expect(removeContainer({ remove, inspect } as never)).rejects.toMatchObject({
    failure: { code: 'docker_error' },
  });
});
