import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Lucene in a process of its own: `java -cp JARS Lucene.java FOLDER WEIGHT...`, run by `lucene.py`.
 *
 * Reads fields, each a length of four bytes and as much UTF-8: articles in fields of path, title, headings, text and
 * tags, an empty path after the last, then queries in fields of way, text and tag. Answers each query with fields, too:
 * how many follow, the processor time in nanoseconds, the total, and what is shown of the hits.
 */
public class Lucene {
  static final int TOP = 10;
  static final String[] FIELDS = {"title", "headings", "body"};

  final DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
  final DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
  final ThreadMXBean clock = ManagementFactory.getThreadMXBean();
  // As the other peers, it keeps the words that it could drop: phrases have them.
  final Analyzer analyzer = new EnglishAnalyzer(CharArraySet.EMPTY_SET);
  final QueryParser parser;
  final IndexSearcher searcher;
  final UnifiedHighlighter highlighter;

  public static void main(String[] given) throws IOException, ParseException {
    Map<String, Float> weights = new HashMap<>();
    for (int field = 0; field < FIELDS.length; field++) weights.put(FIELDS[field], Float.valueOf(given[1 + field]));
    new Lucene(Path.of(given[0]), weights).answer();
  }

  Lucene(Path folder, Map<String, Float> weights) throws IOException {
    parser = new MultiFieldQueryParser(FIELDS, analyzer, weights);
    parser.setDefaultOperator(QueryParser.Operator.AND);
    Directory directory = FSDirectory.open(folder);
    write(directory);
    searcher = new IndexSearcher(DirectoryReader.open(directory));
    // A query that is asked again is searched again.
    searcher.setQueryCache(null);
    highlighter =
        UnifiedHighlighter.builder(searcher, analyzer)
            .withMaxLength(Integer.MAX_VALUE - 1)
            .withBreakIterator(() -> BreakIterator.getSentenceInstance(Locale.ROOT))
            .build();
  }

  void write(Directory directory) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(analyzer).setRAMBufferSizeMB(512);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (String path = field(); !path.isEmpty(); path = field()) writer.addDocument(article(path));
      writer.forceMerge(1);
    }
  }

  /** Returns the document of the next article, with offsets in its postings, which highlight longer text fastest. */
  Document article(String path) throws IOException {
    FieldType withOffsets = new FieldType(TextField.TYPE_STORED);
    withOffsets.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
    Document document = new Document();
    document.add(new StoredField("path", path));
    document.add(new TextField("title", field(), Field.Store.YES));
    document.add(new TextField("headings", field(), Field.Store.NO));
    document.add(new Field("body", field(), withOffsets));
    for (String tag : field().split("\n")) document.add(new StringField("tag", tag, Field.Store.NO));
    return document;
  }

  void answer() throws IOException, ParseException {
    say(List.of("ready"));
    while (true) {
      boolean passages;
      try {
        passages = field().equals("passages");
      } catch (EOFException nothingMore) {
        return;
      }
      String text = field();
      String tag = field();
      List<String> said = new ArrayList<>();
      long started = clock.getCurrentThreadCpuTime();
      search(text, tag, passages, said);
      said.add(0, Long.toString(clock.getCurrentThreadCpuTime() - started));
      say(said);
    }
  }

  /** Adds the total and what is shown of the hits: paths, titles and passages, or their numbers. */
  void search(String text, String tag, boolean passages, List<String> said) throws IOException, ParseException {
    Query query = parser.parse(text);
    if (!tag.isEmpty()) {
      Query tagged = new TermQuery(new Term("tag", tag));
      query =
          new BooleanQuery.Builder()
              .add(query, BooleanClause.Occur.MUST)
              .add(tagged, BooleanClause.Occur.FILTER)
              .build();
    }
    // Every match is counted, as the others do.
    TopDocs found = searcher.search(query, new TopScoreDocCollectorManager(TOP, null, Integer.MAX_VALUE));
    said.add(Long.toString(found.totalHits.value));
    if (passages) {
      show(query, found, said);
    } else {
      for (ScoreDoc hit : found.scoreDocs) said.add(Integer.toString(hit.doc));
    }
  }

  void show(Query query, TopDocs found, List<String> said) throws IOException {
    String[] passages = highlighter.highlight("body", query, found, 1);
    StoredFields stored = searcher.storedFields();
    for (int rank = 0; rank < found.scoreDocs.length; rank++) {
      Document document = stored.document(found.scoreDocs[rank].doc, Set.of("path", "title"));
      said.add(document.get("path"));
      said.add(document.get("title"));
      said.add(passages[rank] == null ? "" : passages[rank]);
    }
  }

  String field() throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  void say(List<String> fields) throws IOException {
    out.writeInt(fields.size());
    for (String field : fields) {
      byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    out.flush();
  }
}
