import { answerIn } from './answers';

test.each([
  ['Yes', 'approve'],
  ['  yes, please! ', 'approve'],
  ['Yes go ahead', 'approve'],
  ['OK.', 'approve'],
  ['Sí, adelante', 'approve'],
  ['de acuerdo, gracias', 'approve'],
  ['No', 'reject'],
  ["Don't", 'reject'],
  ['no, gracias', 'reject'],
  ['Cancela, por favor', 'reject'],
  ['yes, but use fewer models', undefined],
  ['no, go ahead', undefined],
  ['no problem', undefined],
  ['yes 5 models', undefined],
  ['si hay tiempo, entrena más modelos', undefined],
  ['¿?', undefined],
  ['thanks', undefined],
])('%p is %p', (message, answer) => {
  expect(answerIn(message)).toBe(answer);
});
