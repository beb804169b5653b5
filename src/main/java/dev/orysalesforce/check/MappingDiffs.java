package dev.orysalesforce.check;

import dev.orysalesforce.check.CandidateMappings.Pair;
import dev.orysalesforce.check.MappingDiff.Shown;
import dev.orysalesforce.check.MappingDiff.Side;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.HeldMappings;
import dev.orysalesforce.mapping.MappingLoopsException;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Coalescer;
import dev.orysalesforce.sync.MappingSet;
import dev.orysalesforce.write.FieldDiff;
import dev.orysalesforce.write.StandIns;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/** Begins comparisons of mappings. The routes in {@code diff.camel.yaml} are given one as the property {@code diff}. */
@Component("mappingDiffs")
public class MappingDiffs {

    private static final Pattern BETWEEN_WORDS = Pattern.compile("\\W+");

    private final CandidateMappings candidates;
    private final FieldDiff diff;
    private final StandIns standIns;
    private final Describe org;
    private final CamelContext camel;
    private final MappingResourceResolver texts;
    private final SyncSettings settings;
    private final Clock clock;

    MappingDiffs(CandidateMappings candidates, FieldDiff diff, StandIns standIns, Describe org, CamelContext camel,
            MappingResourceResolver texts, SyncSettings settings, Clock clock) {
        this.candidates = candidates;
        this.diff = diff;
        this.standIns = standIns;
        this.org = org;
        this.camel = camel;
        this.texts = texts;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A comparison that shows the name of every field.
     *
     * @param files name to text of each candidate
     * @param showsValues whether examples show values
     * @throws RunFailedException if a candidate can't be used; its message names file, line and reason
     */
    public MappingDiff begin(Map<String, String> files, boolean showsValues) {
        return begin(candidates.with(files), new Shown(showsValues, true, (object, field) -> true));
    }

    /**
     * A comparison that shows no value, and no ID or name of a field that a candidate may have computed of one. The name of a
     * field is shown if the org has described it, or if it is a word of a mapping.
     *
     * @param files name to text of each candidate
     * @throws RunFailedException if a candidate can't be used; its message names file, line and reason
     */
    MappingDiff beginWithoutValues(Map<String, String> files) {
        Pair pair = candidates.with(files);
        Set<String> words = Stream.concat(pair.textsInUse().values().stream(), pair.texts().values().stream())
                .flatMap(BETWEEN_WORDS::splitAsStream).collect(Collectors.toSet());
        return begin(pair, new Shown(false, false, (object, field) -> words.contains(field) || org.isKnownToHave(object, field)));
    }

    private MappingDiff begin(Pair pair, Shown shown) {
        HeldMappings inUse = new HeldMappings(pair.textsInUse(), texts, camel);
        HeldMappings then = new HeldMappings(pair.texts(), texts, camel);
        return new MappingDiff(side(pair.inUse()), side(pair.candidates()), diff, standIns, shown, () -> {
            inUse.close();
            then.close();
        });
    }

    private Side side(MappingSet mappings) {
        return new Side(mappings, new Coalescer(mappings::of, settings));
    }

    /** @throws CancellationException if the comparison was cancelled */
    public void check(MappingDiff diff) {
        diff.checkNotCancelled();
    }

    /**
     * Stands for a body that can't be read.
     *
     * @throws RunFailedException if a mapping loops
     * @throws PauseDeliveryException if the body is not at fault
     */
    public IdentityChange unreadable(Exception failure) {
        endIfLooping(failure);
        PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, failure);
        if (pause != null) {
            throw pause;
        }
        return new IdentityChange(IdentityChange.RECONCILE, clock.instant(), null, null, null, null, null, 0, null);
    }

    /**
     * Each further invocation of a mapping that loops would cost a processor.
     *
     * @throws RunFailedException if a mapping loops
     */
    public void endIfLooping(Exception failure) {
        MappingLoopsException loops = ObjectHelper.getException(MappingLoopsException.class, failure);
        if (loops != null) {
            throw new RunFailedException(loops.getMessage());
        }
    }

    /** @param example null for identities */
    public Batch batch(Side side, DiffExample example, List<IdentityChange> events) {
        return side.batch(example, events == null ? List.of() : events);
    }

    /**
     * @param example null for identities
     * @param now the same events as the mappings in use map them
     */
    public void count(MappingDiff diff, DiffExample example, Batch now, Batch then) {
        diff.count(example, now, then);
    }
}
