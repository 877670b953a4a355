/* The loops of a query: which posts match and what they score, where its words stand in the best of them, and what
   that is worth. `retrieval` has each of them in NumPy, too, and both give the same to the last bit: everything is
   added in the order of the Python code, and the compiler may not contract floats (-ffp-contract=off).

   A number that comes from an index is checked before it is used as one; OUT_OF_BOUNDS says that one was wrong. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { OUT_OF_BOUNDS = -1, OUT_OF_MEMORY = -2 };

/* Of `ranking` and `occurrences`; a test compares them. */
static const double K1 = 1.2, NEARLY_WHOLE = 0.7;
static const int BEGINNING_WORDS = 50;
enum { CLAUSE_BITS = 6, WORDS_BITS = 6, LEAF_BITS = 16, POSITION_SHIFT = CLAUSE_BITS + WORDS_BITS + LEAF_BITS };

/* Numbers of 1, 2, 4 or 8 bytes: without a sign, but for those of 8 bytes; or floats of 4 bytes. */
typedef struct {
    const void *data;
    int64_t size, width;
} Array;

/* The arrays of a segment, in the order of TABLE in __init__.py. */
typedef struct {
    Array posting_at, posting_doc, posting_weight, position_at, position, doc_at, doc_language;
    Array run_at, run_field, run_size, run_section, frequency, weight_short, weight_text, norm, alive;
} Segment;

static inline int64_t get(const Array *array, int64_t at) {
    switch (array->width) {
    case 1: return ((const uint8_t *)array->data)[at];
    case 2: return ((const uint16_t *)array->data)[at];
    case 4: return ((const uint32_t *)array->data)[at];
    default: return ((const int64_t *)array->data)[at];
    }
}

static inline float get_float(const Array *array, int64_t at) { return ((const float *)array->data)[at]; }

static inline int has(const Array *array, int64_t at) { return at >= 0 && at < array->size; }

/* The index of the first number from `low` on that is above a value; the numbers ascend. */
static int64_t upper_bound(const Array *array, int64_t low, int64_t value) {
    int64_t high = low, step = 1;
    while (high < array->size && get(array, high) <= value) {
        low = high + 1;
        high = low + step;
        step *= 2;
    }
    if (high > array->size) high = array->size;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (get(array, middle) <= value) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* --- Matching and scoring: `boolean` and `terms` ----------------------------------------------------------------- */

/* Posts, ascending, with a number for each: that of its weight, its frequency, its score, or none. */
enum { WEIGHTS, FREQUENCIES, SCORES, NOTHING };
typedef struct {
    Array docs, values;
    int64_t kind;
    double factor;  /* the ceiling of a score; what frequencies and scores are multiplied by, otherwise */
} List;

/* See `Segment.tf`; below 0 for a post or a weight that is none. */
static inline float frequency_of(const Segment *segment, const List *list, int64_t at, int64_t doc) {
    if (list->kind == FREQUENCIES) return get_float(&list->values, at);
    int64_t weight = get(&list->values, at);
    if (!has(&segment->weight_short, weight) || !has(&segment->weight_text, weight)) return -1;
    return get_float(&segment->weight_short, weight)
        + get_float(&segment->weight_text, weight) * get_float(&segment->norm, doc);
}

/* See `Evaluation._scored`. */
static inline float score_of(const Segment *segment, const List *list, int64_t at, int64_t doc) {
    if (list->kind == NOTHING) return 0;
    if (list->kind == SCORES) return get_float(&list->values, at);
    float tf = frequency_of(segment, list, at, doc);
    return tf < 0 ? -1 : tf * (float)list->factor / (tf + (float)K1);
}

static int are_sound(const Segment *segment, const List *lists, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        if (lists[n].kind != NOTHING && lists[n].values.size < lists[n].docs.size) return 0;
    return !segment->alive.data || segment->alive.size >= segment->norm.size;
}

/* Add up the frequencies of lists, each times its factor, of each post that is alive: `terms.add_up` in doubles, and
   `terms._of_parts` in floats. */
EXPORT int64_t add_up(const Segment *segment, const List *lists, int64_t count, int64_t in_doubles, int64_t *docs,
                      float *frequencies) {
    int64_t size = segment->norm.size, found = 0;
    uint8_t *seen = calloc(size + 1, 1);
    double *total = calloc(size + 1, sizeof(double));
    if (!seen || !total || !are_sound(segment, lists, count)) found = seen && total ? OUT_OF_BOUNDS : OUT_OF_MEMORY;
    for (int64_t n = 0; n < count && found >= 0; n++) {
        const List *list = &lists[n];
        for (int64_t at = 0; at < list->docs.size; at++) {
            int64_t doc = get(&list->docs, at);
            float tf = has(&segment->norm, doc) ? frequency_of(segment, list, at, doc) : -1;
            if (tf < 0) { found = OUT_OF_BOUNDS; break; }
            tf *= (float)list->factor;
            total[doc] = in_doubles ? total[doc] + tf : (double)((float)total[doc] + tf);
            seen[doc] = 1;
        }
    }
    for (int64_t doc = 0; doc < size && found >= 0; doc++) {
        if (!seen[doc] || (segment->alive.data && !get(&segment->alive, doc))) continue;
        if (in_doubles && !(total[doc] > 0)) continue;
        docs[found] = doc;
        frequencies[found++] = (float)total[doc];
    }
    free(seen);
    free(total);
    return found;
}

/* The posts that all lists have and none of those excluded, which come last; scores are added in the order of the
   lists: `Evaluation._and`. */
EXPORT int64_t match_all(const Segment *segment, const List *lists, int64_t wanted, int64_t excluded, int64_t *docs,
                         float *scores) {
    if (!are_sound(segment, lists, wanted + excluded)) return OUT_OF_BOUNDS;
    int64_t found = lists[0].docs.size;
    for (int64_t n = 0; n < found; n++) docs[n] = get(&lists[0].docs, n);
    memset(scores, 0, found * sizeof(float));
    for (int64_t number = 0; number < wanted + excluded; number++) {
        const List *list = &lists[number];
        int64_t at = 0, kept = 0;
        for (int64_t n = 0; n < found; n++) {
            int64_t doc = docs[n];
            if (!has(&segment->norm, doc)) return OUT_OF_BOUNDS;
            at = upper_bound(&list->docs, at, doc - 1);
            int is_there = at < list->docs.size && get(&list->docs, at) == doc;
            if (is_there != (number < wanted)) continue;
            float score = number < wanted ? score_of(segment, list, at, doc) : 0;
            if (score < 0) return OUT_OF_BOUNDS;
            docs[kept] = doc;
            scores[kept++] = scores[n] + score;
        }
        found = kept;
    }
    return found;
}

/* The posts that any of the lists has; a list counts as often as its clause is repeated: `Evaluation._or`. */
EXPORT int64_t match_any(const Segment *segment, const List *lists, const float *times, int64_t count, int64_t *docs,
                         float *scores) {
    int64_t size = segment->norm.size, found = 0;
    uint8_t *seen = calloc(size + 1, 1);
    float *total = calloc(size + 1, sizeof(float));
    if (!seen || !total || !are_sound(segment, lists, count)) found = seen && total ? OUT_OF_BOUNDS : OUT_OF_MEMORY;
    for (int64_t n = 0; n < count && found >= 0; n++) {
        for (int64_t at = 0; at < lists[n].docs.size; at++) {
            int64_t doc = get(&lists[n].docs, at);
            float score = has(&segment->norm, doc) ? score_of(segment, &lists[n], at, doc) : -1;
            if (score < 0) { found = OUT_OF_BOUNDS; break; }
            total[doc] += score * times[n];
            seen[doc] = 1;
        }
    }
    for (int64_t doc = 0; doc < size && found >= 0; doc++) {
        docs[found] = doc;
        scores[found] = total[doc];
        found += seen[doc];
    }
    free(seen);
    free(total);
    return found;
}

static inline int is_before(const double *keys, const Array *paths, const int64_t *docs, int64_t one, int64_t other) {
    if (keys[one] != keys[other]) return keys[one] > keys[other];
    return get(paths, docs[one]) < get(paths, docs[other]);
}

static inline void swap(int64_t *one, int64_t *other) {
    int64_t swapped = *one;
    *one = *other;
    *other = swapped;
}

/* Restore a heap whose root is its last in order. */
static void sift(int64_t *heap, int64_t size, const double *keys, const Array *paths, const int64_t *docs) {
    for (int64_t at = 0, child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && is_before(keys, paths, docs, heap[child], heap[child + 1])) child++;
        if (!is_before(keys, paths, docs, heap[at], heap[child])) return;
        swap(&heap[at], &heap[child]);
    }
}

/* The indexes of the posts with the largest keys, best first; equal keys by path: `selection.select_top`. */
EXPORT int64_t largest(const double *keys, const int64_t *docs, int64_t count, const Array *paths, int64_t limit,
                       int64_t *chosen) {
    int64_t size = count < limit ? count : limit;
    for (int64_t n = 0; n < count; n++)
        if (!has(paths, docs[n])) return OUT_OF_BOUNDS;
    for (int64_t n = 0; n < count && size; n++) {
        if (n < size) {
            int64_t at = n;
            chosen[n] = n;
            for (int64_t above; at && is_before(keys, paths, docs, chosen[above = (at - 1) / 2], chosen[at]); at = above)
                swap(&chosen[at], &chosen[above]);
        } else if (is_before(keys, paths, docs, n, chosen[0])) {
            chosen[0] = n;
            sift(chosen, size, keys, paths, docs);
        }
    }
    for (int64_t left = size - 1; left > 0; left--) {
        swap(&chosen[0], &chosen[left]);
        sift(chosen, left, keys, paths, docs);
    }
    return size;
}

/* --- Places: `places` and `positions` ---------------------------------------------------------------------------- */

/* Terms whose places are those of a leaf, in posts of all languages or of those with a mark. */
typedef struct {
    int64_t leaf, first, last;
    Array languages;
} Member;

/* Positions, ascending, at which a leaf was found before. */
typedef struct {
    int64_t leaf;
    Array positions;
} Stand;

typedef struct {
    uint64_t *keys;
    int64_t size, room;
} Keys;

static int reserve(Keys *keys, int64_t count) {
    if (keys->size + count <= keys->room) return 0;
    int64_t room = 2 * (keys->size + count) + 1024;
    uint64_t *larger = realloc(keys->keys, (size_t)room * sizeof(uint64_t));
    if (!larger) return OUT_OF_MEMORY;
    keys->keys = larger;
    keys->room = room;
    return 0;
}

/* Collect the places of a member in the posts of a mask: `read_occurrences`. */
static int collect(const Segment *segment, const Member *member, const uint8_t *among, uint64_t detail, Keys *keys) {
    const Array docs = segment->posting_doc, weights = segment->posting_weight, frequency = segment->frequency;
    const Array stored = segment->position, norm = segment->norm;
    for (int64_t term = member->first; term < member->last; term++) {
        if (!has(&segment->posting_at, term + 1) || !has(&segment->position_at, term)) return OUT_OF_BOUNDS;
        int64_t last = get(&segment->posting_at, term + 1), position = get(&segment->position_at, term);
        if (last > docs.size || last > weights.size) return OUT_OF_BOUNDS;
        for (int64_t at = get(&segment->posting_at, term); at < last; at++) {
            int64_t doc = get(&docs, at), weight = get(&weights, at);
            if (!has(&norm, doc) || !has(&frequency, weight)) return OUT_OF_BOUNDS;
            int64_t count = get(&frequency, weight), end = position + count;
            int64_t language = get(&segment->doc_language, doc);
            if (member->languages.data && !has(&member->languages, language)) return OUT_OF_BOUNDS;
            if (among[doc] && (!member->languages.data || get(&member->languages, language))) {
                if (end > stored.size) return OUT_OF_BOUNDS;
                if (reserve(keys, count)) return OUT_OF_MEMORY;
                uint64_t begin = (uint64_t)get(&segment->doc_at, doc), *to = keys->keys + keys->size;
                for (int64_t from = position; from < end; from++)
                    *to++ = (begin + (uint64_t)get(&stored, from)) << POSITION_SHIFT | detail;
                keys->size += count;
            }
            position = end;
        }
    }
    return 0;
}

/* Collect those of the positions that are in the posts of a mask. */
static int collect_stand(const Segment *segment, const Stand *stand, const uint8_t *among, uint64_t detail, Keys *keys) {
    int64_t next = 0;
    if (reserve(keys, stand->positions.size)) return OUT_OF_MEMORY;
    for (int64_t at = 0; at < stand->positions.size; at++) {
        int64_t position = get(&stand->positions, at);
        next = upper_bound(&segment->doc_at, next, position);
        if (next < 1 || next > segment->norm.size) return OUT_OF_BOUNDS;
        if (among[next - 1]) keys->keys[keys->size++] = (uint64_t)position << POSITION_SHIFT | detail;
    }
    return 0;
}

/* Sort keys that consist of few ascending runs, by merging neighbouring runs. */
static int sort(Keys *keys) {
    uint64_t *from = keys->keys, *to = malloc((size_t)(keys->size + 1) * sizeof(uint64_t));
    if (!to) return OUT_OF_MEMORY;
    for (int64_t runs = 2; runs > 1;) {
        int64_t begin = 0;
        for (runs = 0; begin < keys->size; runs++) {
            int64_t middle = begin + 1, end, left, right, at = begin;
            while (middle < keys->size && from[middle - 1] <= from[middle]) middle++;
            if (!begin && middle == keys->size) break;
            for (end = middle + (middle < keys->size); end < keys->size && from[end - 1] <= from[end];) end++;
            for (left = begin, right = middle; left < middle || right < end;)
                to[at++] = right == end || (left < middle && from[left] <= from[right]) ? from[left++] : from[right++];
            begin = end;
        }
        if (!begin) break;
        keys->keys = from, from = to, to = keys->keys;
    }
    keys->keys = from;
    free(to);
    return 0;
}

/* Find the places of leaves in ascending posts, as sorted keys, which `take_places` reads and frees. */
EXPORT int64_t find_places(const Segment *segment, const Member *members, int64_t member_count, const Stand *stands,
                           int64_t stand_count, const uint64_t *details, const int64_t *docs, int64_t doc_count,
                           uint64_t **found) {
    Keys keys = {0};
    int64_t size = segment->norm.size;
    uint8_t *among = calloc((size_t)size + 1, 1);
    int error = among ? 0 : OUT_OF_MEMORY;
    if (segment->doc_at.size < size || segment->doc_language.size < size) error = OUT_OF_BOUNDS;
    for (int64_t n = 0; n < doc_count && !error; n++) {
        if (has(&segment->norm, docs[n])) among[docs[n]] = 1;
        else error = OUT_OF_BOUNDS;
    }
    for (int64_t n = 0; n < member_count && !error; n++)
        error = collect(segment, &members[n], among, details[members[n].leaf], &keys);
    for (int64_t n = 0; n < stand_count && !error; n++)
        error = collect_stand(segment, &stands[n], among, details[stands[n].leaf], &keys);
    if (!error) error = sort(&keys);
    free(among);
    if (error) free(keys.keys);
    else *found = keys.keys;
    return error ? error : keys.size;
}

/* Take keys apart into the columns of `Places`. */
EXPORT int64_t take_places(const Segment *segment, uint64_t *keys, int64_t count, uint32_t *first, uint32_t *leaf,
                           uint32_t *words, uint32_t *doc, uint32_t *run) {
    const Array doc_at = segment->doc_at, run_at = segment->run_at;
    int64_t next = 0, next_run = 0, doc_end = -1, run_end = -1;
    for (int64_t n = 0; n < count; n++) {
        int64_t position = (int64_t)(keys[n] >> POSITION_SHIFT);
        if (position >= doc_end) {
            next = upper_bound(&doc_at, next, position);
            doc_end = next < doc_at.size ? get(&doc_at, next) : INT64_MAX;
        }
        if (position >= run_end) {
            next_run = upper_bound(&run_at, next_run, position);
            run_end = next_run < run_at.size ? get(&run_at, next_run) : INT64_MAX;
        }
        first[n] = (uint32_t)position;
        leaf[n] = (uint32_t)(keys[n] & ((1 << LEAF_BITS) - 1));
        words[n] = (uint32_t)(keys[n] >> LEAF_BITS & ((1 << WORDS_BITS) - 1));
        doc[n] = (uint32_t)(next - 1);
        run[n] = (uint32_t)(next_run - 1);
    }
    free(keys);
    return 0;
}

/* --- Measures: `occurrences` and `rescoring` --------------------------------------------------------------------- */

enum { MAX_CLAUSES = 64 };
/* The columns of what is measured, in the order in which it is added up. */
enum { NAMED, TITLE, HEADING, ADDRESS, BEGINNING, SECTION, REPEATED, ORDER, NAME_ORDER, EXACT, CODE, TAGS, MEASURES };

typedef struct {
    int64_t title, headings, address, tags, code;
} Fields;

/* What is looked for: the clause of each leaf and the share of each clause. */
typedef struct {
    const int64_t *clause_of;
    int64_t leaf_count;
    const double *share;
    int64_t clauses;
    Fields fields;
} Asked;

static double covered(const Asked *asked, uint64_t seen) {
    double sum = 0;
    for (int64_t clause = 0; clause < asked->clauses; clause++)
        if (seen >> clause & 1) sum += asked->share[clause];
    return sum;
}

static inline void keep_larger(double *largest, double value) {
    if (value > *largest) *largest = value;
}

static double saturated(const Asked *asked, const int64_t *frequencies) {
    double sum = 0;
    for (int64_t clause = 0; clause < asked->clauses; clause++)
        sum += (double)frequencies[clause] / ((double)frequencies[clause] + K1) * asked->share[clause];
    return sum;
}

static int count_of(uint64_t seen) {
    int count = 0;
    for (; seen; seen &= seen - 1) count++;
    return count;
}

/* Reward a post with how close the query is to one of its names: `rescoring._closest`. */
static void measure_name(const Asked *asked, int64_t field, uint64_t seen, int64_t words, int64_t size, double *row) {
    const Fields *fields = &asked->fields;
    if (field != fields->title && field != fields->headings && field != fields->address && field != fields->tags) return;
    double recall = covered(asked, seen), precision = (double)words / (double)size;
    if (precision > 1) precision = 1;
    double closeness = 2 * recall * precision / (recall + precision);
    if (field == fields->title) keep_larger(&row[TITLE], closeness);
    else if (field == fields->headings) keep_larger(&row[HEADING], closeness);
    else if (field == fields->address) keep_larger(&row[ADDRESS], closeness);
    else keep_larger(&row[TAGS], closeness);
}

/* Places, in the columns of `Places`, from one index to another. */
typedef struct {
    const uint32_t *first, *leaf, *words, *run;
    int64_t begin, end, count;
} Places;

/* Measure a post by its places: all but NAMED and EXACT. */
static int measure_post(const Segment *segment, const Asked *asked, const Places *places, int64_t doc, double *row) {
    uint64_t beginning = 0, code = 0, order = 0, in_name = 0, of_section = 0;
    int64_t frequencies[MAX_CLAUSES] = {0}, text_end = get(&segment->doc_at, doc) + BEGINNING_WORDS, next, section;
    for (int64_t at = places->begin; at < places->end; at = next) {
        uint64_t of_run = 0, after_clause = 0;
        int64_t run = places->run[at], words = 0;
        if (!has(&segment->run_field, run) || !has(&segment->run_size, run) || !has(&segment->run_section, run))
            return OUT_OF_BOUNDS;
        for (next = at; next < places->end && places->run[next] == run; next++) {
            int64_t clause = asked->clause_of[places->leaf[next]];
            uint64_t bit = 1ull << clause;
            if (places->first[next] < text_end) beginning |= bit;
            if (next + 1 < places->count && places->first[next] + places->words[next] == places->first[next + 1]
                && clause + 1 == asked->clause_of[places->leaf[next + 1]])
                after_clause |= bit;
            of_run |= bit;
            words += places->words[next];
            frequencies[clause]++;
        }
        int64_t field = get(&segment->run_field, run);
        if (field == asked->fields.code) code |= of_run;
        order |= after_clause;
        if (field == asked->fields.title || field == asked->fields.headings) in_name |= after_clause;
        measure_name(asked, field, of_run, words, get(&segment->run_size, run), row);
        of_section |= of_run;
        section = get(&segment->run_section, run);
        int64_t after = next < places->end ? (int64_t)places->run[next] : -1;
        if (!has(&segment->run_section, after) || get(&segment->run_section, after) != section) {
            keep_larger(&row[SECTION], covered(asked, of_section));
            keep_larger(&row[REPEATED], saturated(asked, frequencies));
            of_section = 0;
            memset(frequencies, 0, (size_t)asked->clauses * sizeof(int64_t));
        }
    }
    row[BEGINNING] = covered(asked, beginning);
    row[CODE] = covered(asked, code);
    if (asked->clauses > 1) {
        row[ORDER] = (double)count_of(order) / (double)(asked->clauses - 1);
        row[NAME_ORDER] = (double)count_of(in_name) / (double)(asked->clauses - 1);
    }
    return 0;
}

/* Reward ascending posts for where the query stands in them, and add what that is worth to their scores. `exact` has
   the posts that have each clause as typed; `rewards` gets a row of MEASURES for each post. */
EXPORT int64_t reward(const Segment *segment, const Asked *asked, const uint32_t *first, const uint32_t *leaf,
                      const uint32_t *words, const uint32_t *doc, const uint32_t *run, int64_t count,
                      const Array *exact, const int64_t *docs, int64_t doc_count, const uint8_t *named,
                      const double *most, double *scores, double *rewards) {
    Places places = {first, leaf, words, run, 0, 0, count};
    if (asked->clauses > MAX_CLAUSES) return OUT_OF_BOUNDS;
    for (int64_t at = 0; at < count; at++)
        if (leaf[at] >= asked->leaf_count || asked->clause_of[leaf[at]] >= asked->clauses) return OUT_OF_BOUNDS;
    for (int64_t post = 0; post < doc_count; post++) {
        double *row = &rewards[post * MEASURES];
        uint64_t typed = 0;
        memset(row, 0, MEASURES * sizeof(double));
        for (places.begin = places.end; places.end < count && doc[places.end] == docs[post];) places.end++;
        if (!has(&segment->doc_at, docs[post]) || measure_post(segment, asked, &places, docs[post], row))
            return OUT_OF_BOUNDS;
        for (int64_t clause = 0; clause < asked->clauses; clause++) {
            int64_t at = upper_bound(&exact[clause], 0, docs[post] - 1);
            if (at < exact[clause].size && get(&exact[clause], at) == docs[post]) typed |= 1ull << clause;
        }
        row[NAMED] = named[post];
        row[EXACT] = covered(asked, typed);
        keep_larger(&row[HEADING], (row[TITLE] - NEARLY_WHOLE) / (1 - NEARLY_WHOLE));
        for (int column = 0; column < MEASURES; column++) {
            row[column] *= most[column];
            scores[post] += row[column];
        }
    }
    return places.end == count ? 0 : OUT_OF_BOUNDS;
}
