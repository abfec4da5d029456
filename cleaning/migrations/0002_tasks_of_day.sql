-- The tasks of a day in the order of their ids, which every entry of an index ends with: a page of them is read without sorting the day.
CREATE INDEX tasks_of_day ON tasks (day);
