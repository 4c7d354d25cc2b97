import type { Question } from '../../contracts/questions';
import { answerIn, choiceNamedIn } from './answers';

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

const columns: Question = {
  id: 'target-1',
  kind: 'choice',
  text: 'Which column?',
  choices: [
    { id: 'c1', label: 'price' },
    { id: 'c2', label: 'net price' },
    { id: 'c3', label: 'Añadido_total' },
  ],
  default: 'c1',
  deadline: '2026-01-01T00:00:00Z',
};
const choices = [
  { id: 'approve', label: 'Keep the result' },
  { id: 'revise', label: 'Train again with changes' },
  { id: 'reject', label: 'Reject the result' },
];
const final: Question = { ...columns, id: 'final-1-1', kind: 'final', choices };

test.each([
  ['price', columns, 'c1'],
  ['C2', columns, 'c2'],
  ['The column "Price", please.', columns, 'c1'],
  ['I mean net price', columns, 'c2'],
  ['anadido_total', columns, 'c3'],
  ['price or anadido_total', columns, undefined],
  ['not price', columns, undefined],
  ['what is price?', columns, undefined],
  ['the priceless one', columns, undefined],
  ['yes', columns, undefined],
  ['yes', final, 'approve'],
  ['No', final, 'reject'],
  ['keep the result', final, 'approve'],
  ['train again with changes', final, undefined],
  ['go ahead', null, 'approve'],
  ['price', null, undefined],
])('%p to %p names %p', (message, question, choice) => {
  expect(choiceNamedIn(message, { question_detail: question })).toBe(choice);
});
