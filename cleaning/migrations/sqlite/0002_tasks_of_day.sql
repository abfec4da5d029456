-- Every index entry ends with the row id, so a page of a day's tasks in id order needs no sorting.
CREATE INDEX tasks_of_day ON tasks (day);
