/* The page of a programme: one entry, so that all its modules share one store. */
import "./bar.js";
import "./rows.js";
import "./store.js";
import "./timetable.js";
