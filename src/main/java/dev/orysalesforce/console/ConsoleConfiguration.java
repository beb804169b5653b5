package dev.orysalesforce.console;

import jakarta.servlet.MultipartConfigElement;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.util.unit.DataSize;
import org.thymeleaf.spring6.ISpringTemplateEngine;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.spring6.templateresolver.SpringResourceTemplateResolver;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;

/** The templates of the console, which are loaded with its first page, and its upload of files. */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(PartOfConsole.IsOpen.class)
class ConsoleConfiguration {

    /** The whole request is held in memory, and FormLimit has the same limit. */
    @Bean
    ServletRegistrationBean<CandidateUpload> candidateUpload(@Value("${server.tomcat.max-http-form-post-size}") DataSize limit) {
        ServletRegistrationBean<CandidateUpload> upload = new ServletRegistrationBean<>(new CandidateUpload(), CandidateUpload.PATH);
        upload.setMultipartConfig(new MultipartConfigElement("", limit.toBytes(), limit.toBytes(), Math.toIntExact(limit.toBytes())));
        return upload;
    }

    /** The first webhook makes Spring ask for all view resolvers, so the engine is lazy here, too. */
    @Bean
    @Lazy
    ThymeleafViewResolver consoleViews(@Lazy ISpringTemplateEngine consoleTemplates) {
        ThymeleafViewResolver views = new ThymeleafViewResolver();
        views.setTemplateEngine(consoleTemplates);
        views.setViewNames(new String[] {"console/*"});
        views.setCharacterEncoding(StandardCharsets.UTF_8.name());
        views.setProducePartialOutputWhileProcessing(false); // a template that fails is an error page, not half a page
        views.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return views;
    }

    @Bean
    @Lazy
    ISpringTemplateEngine consoleTemplates(ApplicationContext context) {
        SpringResourceTemplateResolver files = new SpringResourceTemplateResolver();
        files.setApplicationContext(context);
        files.setPrefix("classpath:/templates/");
        files.setSuffix(".html");
        files.setCharacterEncoding(StandardCharsets.UTF_8.name());
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(files);
        return engine;
    }
}
