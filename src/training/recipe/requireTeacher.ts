import { usageError } from '../../errors.js';
import type { Recipe } from './recipeSchema.js';

/**
 * A recipe that learns from a teacher needs one, and no other does.
 * @throws LesionlabError kind `usage`
 */
export function requireTeacher({ training }: Pick<Recipe, 'training'>, teacher: object | undefined): void {
  if (training.distillation > 0 && !teacher)
    throw usageError(
      'teacher-needed',
      `The recipe learns from a teacher (training.distillation: ${training.distillation}), and none was named`,
      {
        hint: {
          terminal: 'Name a run folder, an ensemble or an exported model with --teacher.',
          page: 'Set training.distillation to 0: a teacher is asked on the command line.',
        },
      },
    );
  if (training.distillation === 0 && teacher)
    throw usageError(
      'teacher-unheeded',
      'A teacher was named, and the recipe does not learn from one (training.distillation: 0)',
      {
        hint: { terminal: 'Ask for --distillation 0.5, say, or leave --teacher out.', page: 'Leave the teacher out.' },
      },
    );
}
