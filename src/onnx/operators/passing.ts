import { type Value, where } from '../../graph/index.js';
import { dataTypes } from '../../graph/onnxSchema.js';
import { typeOfAttribute } from '../folding/generation.js';
import { Refusal } from '../geometry/refusal.js';
import { floatsOf, isFloat, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** To another type. Floating-point numbers are float32 in graphs, whatever precision the file has. */
function castTo(call: OperatorCall, type: TensorType): Value {
  const from = call.input(0).type;
  if (isFloat(from) && isFloat(type)) return call.value(0);
  const held = isFloat(type) ? 'float32' : type;
  if (!['float32', 'int64', 'int32', 'uint8', 'int8', 'bool'].includes(held))
    throw new Refusal(`makes ${type} numbers of what the network computes`);
  const x = isFloat(from) ? call.value(0) : call.anyValue(0);
  return call.plain('Cast', [x], x.shape, held, { to: dataTypes[held] });
}

/** A branch of Where: constants there are literals if they aren't finite, as masks are. */
function requireFinite(call: OperatorCall, i: number): void {
  const { constant } = call.input(i);
  if (constant && !floatsOf(constant).every(Number.isFinite))
    throw new Refusal(
      'chooses infinities by what the network computes',
      'Export it without a mask that depends on the input.',
    );
}

/** What passes numbers on, chooses among them, or changes their type. */
export const passing: readonly OnnxOperator[] = [
  { operator: 'Identity', types: 'any', becomes: 'nothing', build: (call) => passed(call) },
  {
    operator: 'Dropout',
    becomes: 'nothing',
    remark: 'As in evaluation: nothing is dropped.',
    build: (call) => {
      const training = call.number(2);
      const ratio = call.has(1) ? (call.number(1) ?? 0.5) : call.attributes.float('ratio', 0.5);
      if (training && ratio > 0)
        throw new Refusal('drops numbers by chance', 'Export the network in evaluation mode (model.eval()).');
      return call.value(0);
    },
  },
  {
    operator: 'Cast',
    types: 'any numbers, truths',
    becomes: 'nothing; Cast of onnxruntime',
    remark: 'Half and double precision are computed in float32; to whole numbers no gradient passes.',
    build: (call) => castTo(call, typeOfAttribute(call, 'to')),
  },
  {
    operator: 'CastLike',
    types: 'any numbers, truths',
    becomes: 'nothing; Cast of onnxruntime',
    build: (call) => castTo(call, call.input(1).type),
  },
  {
    operator: 'Where',
    becomes: 'where',
    remark: 'No gradient passes to the condition.',
    build: (call) => {
      const { constant } = call.input(0);
      if (constant) {
        const condition = Array.from(numbersOf(constant), Boolean);
        return call.apply(where, [call.value(1), call.value(2)], { condition, conditionShape: constant.shape });
      }
      requireFinite(call, 1);
      requireFinite(call, 2);
      const shape = call.shape(0);
      const chosen = call.plain('Cast', [call.anyValue(0)], shape, 'float32', { to: dataTypes.float32 });
      return call.apply(where, [call.value(1), call.value(2), chosen], {});
    },
  },
];

const passed = (call: OperatorCall): Value => (isFloat(call.input(0).type) ? call.value(0) : call.anyValue(0));
