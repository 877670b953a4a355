/* The loops of a query: which posts match, where its words stand in the best of them, what that is worth and what is
   marked. `retrieval` has each in NumPy, too; both give the same to the last bit: all is added in the order of the
   Python code, and floats are not contracted (-ffp-contract=off). A number of an index is checked before it is used as
   one; OUT_OF_BOUNDS says that one was wrong. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_OF_BOUNDS = -1, OUT_OF_MEMORY = -2 };

/* A test compares them with those of the Python code. */
static const double K1 = 1.2, NEARLY_WHOLE = 0.7;
enum { CLAUSE_BITS = 6, WORDS_BITS = 6, LEAF_BITS = 16, POSITION_SHIFT = CLAUSE_BITS + WORDS_BITS + LEAF_BITS };
enum { BEGINNING_WORDS = 50, MAX_OCCURRENCES = 50, MAX_CLAUSES = 64 };

/* Numbers of 1, 2, 4 or 8 bytes: without a sign, but for those of 8 bytes; or floats of 4 bytes. */
typedef struct { const void *data; int64_t size, width; } Array;

/* The arrays of a segment, in the order of TABLE in __init__.py. */
typedef struct {
    Array posting_at, posting_doc, posting_weight, position_at, position, doc_at, doc_language;
    Array run_at, run_field, run_size, run_section, frequency, weight_short, weight_text, norm, alive;
    Array token, block_end, wide_at, wide_gap, wide_length;
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
    double factor, times;  /* the ceiling of a score, or what frequencies are multiplied by; how often it counts */
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

/* Add up what lists give each post that is alive: frequencies times their factors, in floats (`terms.add_up_parts`) or
   in doubles (`terms.add_up`), or scores, each as often as its clause is repeated (`Evaluation._or`). */
enum { IN_FLOATS, IN_DOUBLES, AS_SCORES };
int64_t add_up(const Segment *segment, const List *lists, int64_t count, int64_t how, int64_t *docs,
                      float *values) {
    int64_t size = segment->norm.size, found = 0;
    uint8_t *seen = calloc((size_t)size + 1, 1);
    double *total = calloc((size_t)size + 1, sizeof(double));
    if (!seen || !total || !are_sound(segment, lists, count)) found = seen && total ? OUT_OF_BOUNDS : OUT_OF_MEMORY;
    for (int64_t n = 0; n < count && found >= 0; n++) {
        const List *list = &lists[n];
        for (int64_t at = 0; at < list->docs.size; at++) {
            int64_t doc = get(&list->docs, at);
            float value = !has(&segment->norm, doc) ? -1 : how == AS_SCORES ? score_of(segment, list, at, doc)
                                                                           : frequency_of(segment, list, at, doc);
            if (value < 0) { found = OUT_OF_BOUNDS; break; }
            value *= how == AS_SCORES ? (float)list->times : (float)list->factor;
            total[doc] = how == IN_DOUBLES ? total[doc] + value : (double)((float)total[doc] + value);
            seen[doc] = 1;
        }
    }
    for (int64_t doc = 0; doc < size && found >= 0; doc++) {
        if (!seen[doc] || (segment->alive.data && !get(&segment->alive, doc))) continue;
        if (how == IN_DOUBLES && !(total[doc] > 0)) continue;
        docs[found] = doc;
        values[found++] = (float)total[doc];
    }
    return free(seen), free(total), found;
}

/* The posts that all lists have and none of those excluded, which come last; scores are added in the order of the
   lists: `Evaluation._and`. */
int64_t match_all(const Segment *segment, const List *lists, int64_t wanted, int64_t excluded, int64_t *docs,
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

static inline int is_before(const double *keys, const Array *paths, const int64_t *docs, int64_t one, int64_t other) {
    if (keys[one] != keys[other]) return keys[one] > keys[other];
    return get(paths, docs[one]) < get(paths, docs[other]);
}

/* The indexes of the posts with the largest keys, best first; equal keys by path: `selection.select_top`. */
int64_t largest(const double *keys, const int64_t *docs, int64_t count, const Array *paths, int64_t limit,
                       int64_t *chosen) {
    int64_t size = 0;
    for (int64_t n = 0; n < count && limit; n++) {
        if (!has(paths, docs[n])) return OUT_OF_BOUNDS;
        if (size == limit && !is_before(keys, paths, docs, n, chosen[size - 1])) continue;
        int64_t low = 0;
        for (int64_t high = size, middle; low < high;) {
            if (is_before(keys, paths, docs, n, chosen[middle = (low + high) / 2])) high = middle;
            else low = middle + 1;
        }
        size += size < limit;
        memmove(&chosen[low + 1], &chosen[low], (size_t)(size - 1 - low) * sizeof(int64_t));
        chosen[low] = n;
    }
    return size;
}

/* --- Places: `places` and `positions` ---------------------------------------------------------------------------- */
/* Terms whose places are those of a leaf, in posts of all languages or of those with a mark. */
typedef struct { int64_t leaf, first, last; Array languages; } Member;

/* Positions, ascending, at which a leaf was found before. */
typedef struct { int64_t leaf; Array positions; } Stand;

typedef struct { uint64_t *keys; int64_t size, room; } Keys;

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
static int collect_stand(const Segment *segment, const Stand *stand, const uint8_t *among, uint64_t detail,
                         Keys *keys) {
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

/* Find the places of leaves in ascending posts, as sorted keys, which `take_keys` copies and frees. */
int64_t find_keys(const Segment *segment, const Member *members, int64_t member_count, const Stand *stands,
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
    *found = keys.keys;
    return error ? free(keys.keys), error : keys.size;
}

int64_t take_keys(uint64_t *keys, int64_t count, uint64_t *copied) {
    if (count) memcpy(copied, keys, (size_t)count * sizeof(uint64_t));
    return free(keys), count;
}

static inline int64_t position_of(uint64_t key) { return (int64_t)(key >> POSITION_SHIFT); }
static inline int64_t words_of(uint64_t key) { return (int64_t)(key >> LEAF_BITS & ((1 << WORDS_BITS) - 1)); }
static inline int64_t leaf_of(uint64_t key) { return (int64_t)(key & ((1 << LEAF_BITS) - 1)); }

/* Keys, from one index to another, and the run that the last of them was in. */
typedef struct {
    const uint64_t *keys;
    int64_t begin, end, count, run, run_end;
} Places;

/* Go on to the places of a later post. */
static int next_post(const Segment *segment, Places *places, int64_t doc) {
    if (doc < 0 || !has(&segment->doc_at, doc + 1)) return OUT_OF_BOUNDS;
    int64_t begin = get(&segment->doc_at, doc), end = get(&segment->doc_at, doc + 1), at = places->end;
    while (at < places->count && position_of(places->keys[at]) < begin) at++;
    for (places->begin = at; at < places->count && position_of(places->keys[at]) < end;) at++;
    places->end = at;
    return 0;
}

/* Go on to the run of a position. */
static int next_run(const Segment *segment, Places *places, int64_t position) {
    if (position < places->run_end) return 0;
    int64_t next = upper_bound(&segment->run_at, places->run, position);
    places->run = next - 1;
    places->run_end = next < segment->run_at.size ? get(&segment->run_at, next) : INT64_MAX;
    int are_there = segment->run_size.size >= next && segment->run_section.size >= next;
    return are_there && has(&segment->run_field, next - 1) ? 0 : OUT_OF_BOUNDS;
}

/* --- Measures: `occurrences` and `rescoring` --------------------------------------------------------------------- */
/* The columns of what is measured, in the order in which it is added up. */
enum { NAMED, TITLE, HEADING, ADDRESS, BEGINNING, SECTION, REPEATED, ORDER, NAME_ORDER, EXACT, CODE, TAGS, MEASURES };
static const int NAMES[] = {TITLE, HEADING, ADDRESS, TAGS};

typedef struct { int64_t title, headings, address, tags, code; } Fields;

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

/* Reward a post with how close the query is to one of its names: `rescoring._closest`. */
static void measure_name(const Asked *asked, int64_t field, uint64_t seen, int64_t words, int64_t size, double *row) {
    const int64_t names[] = {asked->fields.title, asked->fields.headings, asked->fields.address, asked->fields.tags};
    for (int n = 0; n < 4; n++) {
        if (names[n] != field) continue;
        double recall = covered(asked, seen), precision = (double)words / (double)size;
        if (precision > 1) precision = 1;
        keep_larger(&row[NAMES[n]], 2 * recall * precision / (recall + precision));
    }
}

/* Measure a post by its places: all but NAMED and EXACT. */
static int measure_post(const Segment *segment, const Asked *asked, Places *places, int64_t doc, double *row) {
    const uint64_t *keys = places->keys;
    uint64_t beginning = 0, code = 0, order = 0, in_name = 0, of_section = 0;
    int64_t frequencies[MAX_CLAUSES] = {0}, text_end = get(&segment->doc_at, doc) + BEGINNING_WORDS;
    for (int64_t at = places->begin; at < places->end;) {
        uint64_t of_run = 0, after_clause = 0;
        int64_t words = 0;
        if (next_run(segment, places, position_of(keys[at]))) return OUT_OF_BOUNDS;
        int64_t field = get(&segment->run_field, places->run), section = get(&segment->run_section, places->run);
        int64_t size = get(&segment->run_size, places->run);
        for (; at < places->end && position_of(keys[at]) < places->run_end; at++) {
            int64_t position = position_of(keys[at]), clause = asked->clause_of[leaf_of(keys[at])];
            uint64_t bit = 1ull << clause;
            if (position < text_end) beginning |= bit;
            if (at + 1 < places->count && position + words_of(keys[at]) == position_of(keys[at + 1])
                && clause + 1 == asked->clause_of[leaf_of(keys[at + 1])])
                after_clause |= bit;
            of_run |= bit;
            words += words_of(keys[at]);
            frequencies[clause]++;
        }
        if (field == asked->fields.code) code |= of_run;
        order |= after_clause;
        if (field == asked->fields.title || field == asked->fields.headings) in_name |= after_clause;
        measure_name(asked, field, of_run, words, size, row);
        of_section |= of_run;
        if (at < places->end && next_run(segment, places, position_of(keys[at]))) return OUT_OF_BOUNDS;
        if (at == places->end || get(&segment->run_section, places->run) != section) {
            keep_larger(&row[SECTION], covered(asked, of_section));
            keep_larger(&row[REPEATED], saturated(asked, frequencies));
            of_section = 0;
            memset(frequencies, 0, (size_t)asked->clauses * sizeof(int64_t));
        }
    }
    row[BEGINNING] = covered(asked, beginning);
    row[CODE] = covered(asked, code);
    if (asked->clauses > 1) {
        row[ORDER] = (double)__builtin_popcountll(order) / (double)(asked->clauses - 1);
        row[NAME_ORDER] = (double)__builtin_popcountll(in_name) / (double)(asked->clauses - 1);
    }
    return 0;
}

/* Reward ascending posts for where the query stands in them, and add what that is worth to their scores. `exact` has
   the posts that have each clause as typed; `rewards` gets a row of MEASURES for each post. */
int64_t reward(const Segment *segment, const Asked *asked, const uint64_t *keys, int64_t count,
                      const Array *exact, const int64_t *docs, int64_t doc_count, const uint8_t *named,
                      const double *most, double *scores, double *rewards) {
    Places places = {keys, 0, 0, count, 0, 0};
    if (asked->clauses > MAX_CLAUSES) return OUT_OF_BOUNDS;
    for (int64_t at = 0; at < count; at++)
        if (leaf_of(keys[at]) >= asked->leaf_count || asked->clause_of[leaf_of(keys[at])] >= asked->clauses)
            return OUT_OF_BOUNDS;
    for (int64_t post = 0; post < doc_count; post++) {
        double *row = &rewards[post * MEASURES];
        uint64_t typed = 0;
        memset(row, 0, MEASURES * sizeof(double));
        if (next_post(segment, &places, docs[post]) || measure_post(segment, asked, &places, docs[post], row))
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
    return 0;
}

/* --- Spans: `matches.PageOfSegment` and `offsets` ---------------------------------------------------------------- */
enum { BLOCK = 16, WIDE = 0xFF };
typedef struct { int64_t article, start, end, leaf, run, code; } Span;
typedef struct { int64_t article, section, leaf; } Headed;

/* What is marked: for each leaf how many words it takes, and whether posts that have the query go without it. */
typedef struct {
    const int64_t *widths;
    const uint8_t *is_part;
    int64_t leaf_count, text_fields;
} Shown;

/* The end of a token in its text, and its length: `offsets.unpack`. */
static int end_of(const Segment *segment, int64_t position, int64_t *end, int64_t *length) {
    if (!has(&segment->token, position) || !has(&segment->block_end, position / BLOCK)) return OUT_OF_BOUNDS;
    *end = get(&segment->block_end, position / BLOCK);
    for (int64_t at = position / BLOCK * BLOCK; at <= position; at++) {
        int64_t code = get(&segment->token, at), gap = (code >> 4) - 1;
        *length = code & 15;
        if (code == WIDE) {
            int64_t wide = upper_bound(&segment->wide_at, 0, at - 1);
            if (!has(&segment->wide_gap, wide) || !has(&segment->wide_length, wide)) return OUT_OF_BOUNDS;
            gap = (int32_t)get(&segment->wide_gap, wide);
            *length = get(&segment->wide_length, wide);
        }
        *end += gap + *length;
    }
    return 0;
}

static inline int is_after(const Span *one, const Span *other) {
    return one->start != other->start ? one->start > other->start : one->leaf > other->leaf;
}

/* Find the spans in the texts and the headings of ascending posts, from the keys of their places; there is room for as
   many of both. Spans are ordered by start and leaf. */
int64_t find_spans(const Segment *segment, const Shown *shown, const Fields *fields, const uint64_t *keys,
                          int64_t count, const int64_t *docs, int64_t doc_count, const uint8_t *is_complete,
                          Span *spans, Headed *headed, int64_t *headed_count) {
    Places places = {keys, 0, 0, count, 0, 0};
    int64_t found = 0, last, length, *counts = malloc((size_t)(shown->leaf_count + 1) * sizeof(int64_t));
    if (!counts) return OUT_OF_MEMORY;
    for (int64_t post = 0; post < doc_count && found >= 0; post++) {
        memset(counts, 0, (size_t)shown->leaf_count * sizeof(int64_t));
        int64_t first = found, title = -1;
        if (next_post(segment, &places, docs[post])) found = OUT_OF_BOUNDS;
        for (int64_t at = places.begin; at < places.end && found >= 0; at++) {
            int64_t position = position_of(keys[at]), leaf = leaf_of(keys[at]), to = found;
            if (leaf >= shown->leaf_count || next_run(segment, &places, position)) { found = OUT_OF_BOUNDS; break; }
            int64_t field = get(&segment->run_field, places.run);
            if (shown->is_part[leaf] && is_complete[post]) continue;
            if (field == fields->headings) {
                if (title < 0) title = upper_bound(&segment->run_at, 0, get(&segment->doc_at, docs[post])) - 1;
                if (!has(&segment->run_section, title)) { found = OUT_OF_BOUNDS; break; }
                int64_t number = get(&segment->run_section, places.run) - get(&segment->run_section, title) - 1;
                headed[(*headed_count)++] = (Headed){post, number, leaf};
            }
            if (!(shown->text_fields >> field & 1) || counts[leaf]++ >= MAX_OCCURRENCES) continue;
            Span span = {post, 0, 0, leaf, places.run, field == fields->code};
            if (end_of(segment, position, &span.end, &length)) { found = OUT_OF_BOUNDS; break; }
            span.start = span.end - length;
            int64_t more = shown->widths[leaf] - 1;
            if (more && end_of(segment, position + more, &span.end, &last)) { found = OUT_OF_BOUNDS; break; }
            for (; to > first && is_after(&spans[to - 1], &span); to--) spans[to] = spans[to - 1];
            spans[to] = span;
            found++;
        }
    }
    return free(counts), found;
}
