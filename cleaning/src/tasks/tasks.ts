import type { BusinessEvents } from '../events.ts';
import type { Task } from '../schema.ts';
import type { TaskRepository } from './repository.ts';

export interface Tasks {
  list: TaskRepository['list'];
  finish(id: number): Promise<Task>;
}

/** Reports each finished task once, after its transaction. */
export function createTasks({
  repository,
  events,
}: {
  repository: TaskRepository;
  events: Pick<BusinessEvents, 'taskDone'>;
}): Tasks {
  return {
    list: (page) => repository.list(page),
    async finish(id) {
      const { task, isNew } = await repository.finish(id);
      if (isNew) events.taskDone(task);
      return task;
    },
  };
}
