import { classifyDockerError } from './errors';

const connection = (code: string) => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });
const answer = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) ${message}`), { statusCode, json: { message } });

test.each([
  [connection('ENOENT'), 'docker_unavailable', true],
  [connection('ECONNREFUSED'), 'docker_unavailable', true],
  [connection('ECONNRESET'), 'docker_unavailable', true],
  [connection('EACCES'), 'docker_permission_denied', false],
  [answer(404, 'No such image: automl-h2o:latest'), 'image_missing', false],
  [answer(500, 'write /var/lib/docker/x: no space left on device'), 'no_disk_space', true],
  [answer(400, 'Unknown runtime specified runsc'), 'docker_runtime_missing', false],
  [answer(400, 'unknown or invalid runtime name: runsc'), 'docker_runtime_missing', false],
  [answer(500, 'could not select device driver "nvidia" with capabilities: [[gpu]]'), 'gpu_unusable', false],
  [answer(500, 'runc create failed: nvidia-container-cli: initialization error'), 'gpu_unusable', false],
  [answer(500, 'something else'), 'docker_error', true],
])('%s is %s', (error, code, retryable) => {
  const classified = classifyDockerError(error);
  expect(classified.failure).toMatchObject({ category: 'system', code });
  expect(classified.failure.hint).not.toBe('');
  expect(classified.retryable).toBe(retryable);
  expect(classifyDockerError(classified)).toBe(classified);
});
