export { exercisesOf, prepareExercise } from './exercise.ts';
